import type { StatedClaim } from "../documents/finding.ts";
import { assertedBy } from "./asserted-by.ts";
import { calledBy } from "./called-by.ts";
import { calls } from "./calls.ts";
import { changedWith } from "./changed-with.ts";
import { citesIssue } from "./cites-issue.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { type Checked, type ClaimType, wrong } from "./claim.ts";
import { commitMade } from "./commit-made.ts";
import { component } from "./component.ts";
import { convention } from "./convention.ts";
import { defines } from "./defines.ts";
import { discriminating } from "./discriminating.ts";
import { executed } from "./executed.ts";
import { failingSince } from "./failing-since.ts";
import { fixedBy } from "./fixed-by.ts";
import { frameIn } from "./frame-in.ts";
import { hasSequence } from "./has-sequence.ts";
import { importedBy } from "./imported-by.ts";
import { inDocs } from "./in-docs.ts";
import { isPublic } from "./is-public.ts";
import { lastChanged } from "./last-changed.ts";
import { likelyFiles } from "./likely-files.ts";
import { linesRead } from "./lines-read.ts";
import { messageAt } from "./message-at.ts";
import { minimal } from "./minimal.ts";
import { raised } from "./raised.ts";
import { returned } from "./returned.ts";
import { sufficient } from "./sufficient.ts";
import { changeTried } from "./change-tried.ts";
import { notCalled } from "./not-called.ts";
import { valueAt } from "./value-at.ts";
import { lineOrder } from "./line-order.ts";
import { nameAppears } from "./name-appears.ts";
import { namedChange } from "./named-change.ts";
import { namedPlace } from "./named-place.ts";
import { namesDefinition } from "./names-definition.ts";
import { necessary } from "./necessary.ts";
import { noSuspect } from "./no-suspect.ts";
import { notInCode, notInHistory } from "./not-there.ts";
import { notInReport } from "./not-in-report.ts";
import { ownedBy } from "./owned-by.ts";
import { personNamed } from "./person-named.ts";
import { personSaid } from "./person-said.ts";
import { programPrints } from "./program-prints.ts";
import { proposedCause } from "./proposed-cause.ts";
import { proposedChange } from "./proposed-change.ts";
import { proposedOutcome } from "./proposed-outcome.ts";
import { related } from "./related.ts";
import { reportCodeRan } from "./report-code-ran.ts";
import { reportedRegression } from "./reported-regression.ts";
import { reportedVersions } from "./reported-versions.ts";
import { reportedWords } from "./reported-words.ts";
import { runPrinted } from "./run-printed.ts";
import { sameStructure } from "./same-structure.ts";
import { scope } from "./scope.ts";
import { searchFinds } from "./search-finds.ts";
import { sequenceExplains } from "./sequence-explains.ts";
import { sequenceStep } from "./sequence-step.ts";
import { suspect } from "./suspect.ts";
import { target } from "./target.ts";
import { testReaches } from "./test-reaches.ts";
import { unparsedFiles } from "./unparsed-files.ts";
import { unreadFiles } from "./unread-files.ts";
import { usedOnlyByTests } from "./used-only-by-tests.ts";
import { writtenBy } from "./written-by.ts";

/** Every type of claim that a document may hold, by its name. `docs/claims.md` shows the same table. */
export const CLAIM_TYPES: ReadonlyMap<string, Pick<ClaimType, "name" | "mark" | "read" | "check">> = new Map(
  [
    reportedWords,
    reportedVersions,
    reportedRegression,
    notInReport,
    notInHistory,
    notInCode,
    namedPlace,
    namedChange,
    namesDefinition,
    frameIn,
    messageAt,
    personNamed,
    defines,
    calls,
    calledBy,
    nameAppears,
    usedOnlyByTests,
    importedBy,
    inDocs,
    convention,
    isPublic,
    sameStructure,
    hasSequence,
    sequenceStep,
    sequenceExplains,
    changedWith,
    lastChanged,
    writtenBy,
    ownedBy,
    citesIssue,
    fixedBy,
    related,
    likelyFiles,
    component,
    suspect,
    target,
    testReaches,
    assertedBy,
    noSuspect,
    scope,
    linesRead,
    searchFinds,
    commitMade,
    personSaid,
    runPrinted,
    programPrints,
    reportCodeRan,
    proposedCause,
    proposedChange,
    proposedOutcome,
    unreadFiles,
    unparsedFiles,
    executed,
    discriminating,
    necessary,
    sufficient,
    minimal,
    raised,
    returned,
    valueAt,
    lineOrder,
    notCalled,
    changeTried,
    failingSince,
  ].map((type) => [type.name, type]),
);

/** Looks at the repository and the issue again. A type that this version does not know is wrong: nobody can check it. */
export async function checkClaim(
  { type, data }: Pick<StatedClaim, "type" | "data">,
  evidence: ClaimEvidence,
): Promise<Checked> {
  return (
    (await CLAIM_TYPES.get(type)?.check(data, evidence)) ?? wrong("Casebook knows no such type of claim")
  );
}
