import { inlineCode } from "../../text/inline-code.ts";
import { LIMITS } from "../../text/github-limits.ts";
import { clipMarkdown, type SafeText, safeText } from "../../text/safe-text.ts";
import { counted } from "../../text/counted.ts";

/** A document with what its check found; the engine's `CheckReport` fits. */
export interface ReportedDocument {
  readonly path: string;
  readonly report: {
    readonly checked: Readonly<Record<string, number>>;
    readonly problems: readonly { readonly line: number; readonly kind: string; readonly message: string }[];
  };
}

export interface CheckContent {
  readonly conclusion: "success" | "neutral";
  readonly title: string;
  readonly summary: SafeText;
  readonly annotations: readonly {
    readonly path: string;
    readonly line: number;
    readonly level: "warning";
    readonly message: SafeText;
  }[];
}

/** Documents that the summary lists; an investigation has three. */
const MAX_DOCUMENTS = 100;
const MAX_MESSAGE = 500;

const WORDS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  lines: ["place in a file", "places in files"],
  excerpt: ["excerpt", "excerpts"],
  search: ["search", "searches"],
  commit: ["commit", "commits"],
  quote: ["quotation of the issue", "quotations of the issue"],
  claim: ["claim", "claims"],
};

/** What the check run says. Neutral, not failing, when something does not hold: documents break no build. */
export function checkContent({
  documents,
}: {
  readonly documents: readonly ReportedDocument[];
}): CheckContent {
  const total = documents.reduce((sum, { report }) => sum + sumOf(report.checked), 0);
  const problems = documents.flatMap(({ path, report }) =>
    report.problems.map(({ line, message }) => ({
      path,
      line,
      level: "warning" as const,
      message: safeText(clipMarkdown(message, MAX_MESSAGE)),
    })),
  );
  const rows = documents
    .slice(0, MAX_DOCUMENTS)
    .map(
      ({ path, report }) =>
        `| ${inlineCode(path, 120).replaceAll("|", "\\|")} | ${sumOf(report.checked)} | ${kindsOf(report.checked)} | ${report.problems.length === 0 ? "all hold" : report.problems.length === 1 ? "1 does not hold" : `${report.problems.length} do not hold`} |`,
    );
  const shown = problems.slice(0, LIMITS.ownAnnotations);
  const title =
    documents.length === 0
      ? "No document to check"
      : problems.length === 0
        ? `${counted(total, "reference")} checked, ${total === 1 ? "it holds" : "all hold"}`
        : `${problems.length} of ${counted(total, "reference")} ${problems.length === 1 ? "does" : "do"} not hold`;
  const marked = problems.length === 0 ? "" : " Each is marked in its file.";
  const cut =
    problems.length > shown.length
      ? ` Only the first ${shown.length} of ${problems.length} are marked in the files.`
      : marked;
  return {
    conclusion: problems.length === 0 && total > 0 ? "success" : "neutral",
    title,
    summary: safeText(
      [
        `**${title}.**${cut}`,
        "",
        ...(rows.length === 0
          ? []
          : ["| document | references | of these | result |", "| --- | --- | --- | --- |", ...rows, ""]),
        "Each reference was looked up at the commit that its document names. `casebook check --ref BRANCH` repeats it on any machine.",
      ].join("\n"),
    ),
    annotations: shown,
  };
}

function sumOf(checked: Readonly<Record<string, number>>): number {
  return Object.values(checked).reduce((sum, count) => sum + count, 0);
}

function kindsOf(checked: Readonly<Record<string, number>>): string {
  const kinds = Object.entries(checked).filter(([, count]) => count > 0);
  return kinds.map(([kind, count]) => countedKind(kind, count)).join(", ");
}

function countedKind(kind: string, count: number): string {
  const [one, many] = WORDS[kind] ?? [kind, kind];
  return counted(count, one, many);
}
