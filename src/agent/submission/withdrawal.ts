import { readClaims } from "../../claims/check-claims.ts";
import { conclusionOf } from "../../documents/withdraw.ts";
import { parseDocument } from "../../documents/parse-document.ts";
import { belongsTo } from "../../phases/names.ts";
import { inlineCode } from "../../text/inline-code.ts";
import type { HandedClaim } from "./submission.ts";
import type { TakenClaim, Withdrawal } from "./taken-claim.ts";

/** Documents that a model may take something back from: those of its own investigation. */
export interface WithdrawableDocuments {
  readonly issueKey: string;
  /** Specs and documents of our branch, path to text. */
  readonly files: ReadonlyMap<string, string>;
}

/** What a model takes back; a text says why not, for the model. */
export function readWithdrawal(
  { path, quote, start, against = [] }: Pick<HandedClaim, "path" | "quote" | "start" | "against">,
  taken: readonly TakenClaim[],
  { issueKey, files }: WithdrawableDocuments,
): Withdrawal | string {
  if (path === undefined || quote === undefined)
    return "Give `path`, an earlier document, and `quote` with words of the sentence that no longer holds.";
  const file = [...files.keys()].find(
    (known) =>
      belongsTo(issueKey, known) && known.endsWith(".md") && (known === path || known.endsWith(`/${path}`)),
  );
  const [data] = file === undefined ? [] : parseDocument(files.get(file)!).claims;
  if (file === undefined || data === undefined)
    return `${inlineCode(path)} is no document of this investigation; \`earlier_documents\` lists them.`;
  const document = readClaims(data.value);
  if (typeof document === "string") return `${inlineCode(path)} cannot be read: ${document}.`;
  const statement = conclusionOf(document, quote, start);
  if (typeof statement === "string") return statement;
  const speaks = taken.filter(({ number }) => against.includes(number));
  return speaks.some(({ claims }) => claims.some(({ mark }) => mark !== "concluded"))
    ? { file, statement, against: speaks }
    : "Name in `against` a claim that was taken here and speaks against it: lines, a commit, a person's words or a run.";
}
