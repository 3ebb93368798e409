import type { Judgement } from "../decide-criterion.ts";
import type { RunNotes } from "../phase-result.ts";
import type { RecordedRun } from "../../documents/recorded-run.ts";
import type { ResearchDocument } from "../../documents/finding.ts";
import type { Phase } from "../phase.ts";
import type { ResearchContext } from "./research-context.ts";
import type { Location } from "../../text/location.ts";
import { whyNoImpact } from "./impact-map.ts";
import { whyNoCause } from "./root-cause.ts";
import { writeDocument } from "./write-document.ts";

/** Produces the document of a phase. The publisher checks each statement. */
export interface Researcher {
  /** Why it cannot work the phase, for people; undefined when it can. */
  cannot(phase: Phase): string | undefined;
  /** Why it would write nothing worth reading about this issue, for people; undefined when it writes. */
  withholds?(phase: Phase, context: ResearchContext): Promise<string | undefined>;
  write(phase: Phase, context: ResearchContext, earlier: Earlier): Promise<PhaseDraft>;
}

/** The prefix of the label of a spec that names the file for the test of a reproduction. */
export const TEST_LABEL = "test:";

/** What is known of this investigation from the phases before. */
export interface Earlier {
  /** Its documents and specs on our branch, by path. */
  readonly files: ReadonlyMap<string, string>;
}

/** A sentence of an earlier document of the investigation that no longer holds. */
export interface WithdrawnStatement {
  /** Path of the document. */
  readonly file: string;
  /** As `conclusionKey` gives it. */
  readonly key: string;
}

export interface PhaseDraft extends RunNotes {
  readonly document: ResearchDocument;
  readonly researcher: string;
  /** Statements that failed their check before the document was made. */
  readonly dropped: number;
  /** Runs that Casebook made for it: claims that cite one are compared with them. */
  readonly runs?: readonly RecordedRun[];
  /** More files that are published with the document, by path. */
  readonly files?: ReadonlyMap<string, string>;
  /** Where the test of a reproduction belongs in the repository; kept as a label of the spec. */
  readonly test?: string;
  /** Lines that a model names as the cause: the next phases start there. */
  readonly proposed?: Location;
  /** Conclusions of earlier documents that it takes back. */
  readonly withdrawn?: readonly WithdrawnStatement[];
  /** What was decided about criteria by running code or by asking a model, by the name of the check. */
  readonly judgements?: ReadonlyMap<string, Judgement>;
}

/** No model: ranks, follows, compares and counts. */
export const builtinResearcher: Researcher = {
  cannot: (phase) => (phase.needs === "builtin" ? undefined : "it needs a model"),
  async withholds(phase, context) {
    if (phase.type === "root-cause") return whyNoCause(context);
    return phase.type === "impact-map" ? whyNoImpact(context) : undefined;
  },
  write: async (phase, context, earlier) => ({
    document: await writeDocument(phase, context, earlier.files),
    researcher: "builtin",
    dropped: 0,
  }),
};
