import type { Verdict } from "./verdict.ts";

/** What a run of code or a model said about a criterion that no look at the document decides. */
export type Judgement = Pick<Verdict, "result" | "how" | "evidence">;
