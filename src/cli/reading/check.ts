import { printable } from "../../text/inline-code.ts";
import { RunFailure } from "../../failure.ts";
import { parseDocument } from "../../documents/parse-document.ts";
import { parseSpec } from "../../specs/parse-spec.ts";
import { specIdOfPath } from "../../specs/spec-path.ts";
import type { CheckSource, DocumentProblem } from "../../documents/check-document.ts";
import { checkWhole } from "../../claims/check-claims.ts";
import type { ClaimEvidence } from "../../claims/claim-evidence.ts";
import { openEvidence } from "../../claims/open-evidence.ts";
import { visibleIssue } from "../../issue/visible-issue.ts";
import { researchContext } from "../../phases/builtin/research-context.ts";
import { counted } from "../../text/counted.ts";
import { version } from "../../process/version.ts";
import { repositorySource } from "../../documents/repository-source.ts";
import { chantFiles } from "../chant-files.ts";
import type { Issue } from "../../issue/issue.ts";
import type { Shortlist } from "../../issue/parse-tracker.ts";
import type { ReaderIo } from "../io.ts";
import { openPlace } from "../place.ts";
import { sarifOf } from "../sarif.ts";

export interface CheckOptions {
  readonly repo: string;
  readonly commit?: string;
  readonly issue?: string;
  readonly number?: string;
  readonly ref?: string;
  readonly json?: boolean;
  readonly sarif?: string;
  readonly data?: string;
  /** A file or a folder. */
  readonly tracker?: string;
}

interface FileReport {
  readonly file: string;
  readonly commit: string;
  readonly references: number;
  /** Claims that hold, and claims that nothing at hand decides. */
  readonly claims: number;
  readonly undecided: number;
  readonly problems: readonly (Omit<DocumentProblem, "kind"> & { readonly kind: string })[];
}

export interface CheckGiven {
  readonly issue?: Issue;
  readonly tracker?: Shortlist;
  /** Path and text; of `--ref` when undefined. */
  readonly texts?: readonly (readonly [path: string, text: string])[];
  /** They are all that there are. */
  readonly isWhole: boolean;
}

/** Reads the documents and the repository, and compares them. */
export async function checkHere(given: CheckGiven, options: CheckOptions, io: ReaderIo): Promise<number> {
  const issue = given.issue === undefined ? undefined : visibleIssue(given.issue);
  const texts = given.texts === undefined ? await chantFiles(options, io) : new Map(given.texts);
  if (texts.size === 0)
    throw new RunFailure(
      "usage",
      "Casebook found no document in .chant; name files, or use `--ref casebook/issue-<n>`",
    );
  await using workbench = await openPlace(options, io);
  const { repository } = workbench;
  const places = new Map<string, Promise<readonly [CheckSource, ClaimEvidence]>>();
  const placeAt = async (commit: string): Promise<readonly [CheckSource, ClaimEvidence]> => {
    const codebase = await workbench.codebase(commit);
    const at = {
      codebase,
      history: repository.history,
      signal: io.signal,
    };
    return [
      await repositorySource(repository, commit, async () => codebase, issue?.text),
      issue === undefined
        ? openEvidence(at)
        : researchContext({
            ...at,
            issue,
            at: undefined,
            webUrl: repository.webUrl,
            tracker: async () => given.tracker,
          }),
    ];
  };
  const reports: FileReport[] = [];
  for (const [file, text] of texts) {
    io.signal.throwIfAborted();
    const id = specIdOfPath(file);
    const spec = id === undefined ? undefined : parseSpec(id, text);
    // Records of a run in a spec are output and no statements.
    const body = spec === undefined ? text : bodyOf(text, spec.spec.description);
    const commit = await repository.resolve(options.commit ?? parseDocument(body).baseCommit ?? "HEAD");
    let place = places.get(commit);
    if (place === undefined) places.set(commit, (place = placeAt(commit)));
    const report = await checkWhole(body, ...(await place), io.signal);
    const own = (spec?.problems ?? [])
      .filter(({ severity }) => severity === "error")
      .map(({ line, message }) => ({ line, kind: "spec", message }));
    const missing =
      spec?.spec.status === "completed"
        ? [...spec.spec.targetFiles, ...spec.spec.informedBy.filter((path) => !/[*?]|:\/\//.test(path))]
            .filter((path) => !texts.has(path) && given.isWhole)
            .map((path) => ({
              line: 1,
              kind: "target",
              message: `the completed spec names ${path}, which does not exist`,
            }))
        : [];
    reports.push({
      file,
      commit,
      references: Object.values(report.checked).reduce((total, n) => total + n, 0) - report.checked.claim,
      claims: report.checked.claim,
      undecided: report.undecided,
      problems: [...own, ...missing, ...report.problems],
    });
  }
  const wrong = reports.reduce((total, { problems }) => total + problems.length, 0);
  if (options.sarif !== undefined) io.file(sarifOf(reports, version()));
  if (options.json === true) io.out(JSON.stringify(reports, null, 2));
  else {
    for (const { file, problems } of reports)
      for (const { line, message } of problems) io.out(`${printable(file)}:${line}: ${printable(message)}`);
    const sum = (count: (report: FileReport) => number): number =>
      reports.reduce((total, report) => total + count(report), 0);
    const claims = sum((report) => report.claims);
    const undecided = sum((report) => report.undecided);
    io.out(
      `${counted(
        sum(({ references }) => references),
        "reference",
      )}${claims > 0 ? ` and ${counted(claims, "claim")}` : ""} in ${counted(reports.length, "file")} checked, ${wrong} wrong`,
    );
    if (undecided > 0)
      io.out(
        `${counted(undecided, "claim")} could not be decided${issue === undefined ? "; `--issue FILE` lets Casebook check what the report says" : ""}`,
      );
  }
  return wrong > 0 ? 1 : 0;
}

/** Blanks front matter and records, so that every line keeps its number. */
function bodyOf(text: string, description: string): string {
  const at = text.indexOf(description.slice(0, 200));
  if (at < 0) return description;
  return "\n".repeat(text.slice(0, at).split("\n").length - 1) + description;
}
