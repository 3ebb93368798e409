import { parse } from "yaml";
import { partOfHeading, type ReportPart } from "./report-part.ts";

/** What a repository's own issue forms say, so that it is not taken for the reporter's words. */
export interface IssueForms {
  /** Whether a line of a report is one of a form: an instruction, a placeholder, a default, an example. */
  isLine(line: string): boolean;
  /** The meaning of a heading of a form, also where its label alone does not tell it; undefined for other headings. */
  partOf(heading: string): ReportPart | undefined;
}

export const NO_FORMS: IssueForms = { isLine: () => false, partOf: () => undefined };

const MAX_LENGTH = 200_000;
/** A shorter line may well be an answer: `None`, `Yes`, `Linux`. */
const MIN_LETTERS = 12;

/** Whether a file of a repository is one of its issue forms. */
export function isIssueForm(path: string): boolean {
  return /^(?:\.github\/|docs\/)?ISSUE_TEMPLATE(?:\/(?!config\.ya?ml$)[^/]{1,200}\.(?:md|ya?ml)|\.md)$/i.test(
    path,
  );
}

/** Forms of GitHub: Markdown with front matter, or YAML. A file that is neither says nothing; never throws. */
export function parseIssueForms(
  files: readonly { readonly path: string; readonly text: string }[],
): IssueForms {
  const lines = new Set<string>();
  const parts = new Map<string, ReportPart>();
  const learn = (text: unknown): void => {
    if (typeof text !== "string") return;
    for (const line of text.split("\n")) {
      const bare = bareLine(line);
      if (bare.replace(/[^\p{L}]/gu, "").length >= MIN_LETTERS) lines.add(bare);
    }
  };
  for (const { path, text } of files) {
    if (text.length > MAX_LENGTH) continue;
    if (path.endsWith(".md")) {
      learn(text.replace(/^---\n[^]*?\n---\n/, "").replace(/^\s{0,3}#.*$/gm, ""));
      continue;
    }
    for (const { id, attributes } of fieldsOf(text)) {
      const { label, description, value, placeholder, options } = attributes;
      for (const one of [description, value, placeholder]) learn(one);
      // What a person chooses from a list is an answer; the text of a box is not.
      for (const option of Array.isArray(options) ? options : []) learn((option as Attributes)?.["label"]);
      const part =
        typeof label !== "string"
          ? undefined
          : (partOfHeading(label) ?? partOfHeading((typeof id === "string" ? id : "").replace(/[-_]/g, " ")));
      if (part !== undefined) parts.set(bareLine(label as string), part);
    }
  }
  return { isLine: (line) => lines.has(bareLine(line)), partOf: (heading) => parts.get(bareLine(heading)) };
}

type Attributes = Readonly<Record<string, unknown>>;

function fieldsOf(text: string): readonly { readonly id: unknown; readonly attributes: Attributes }[] {
  let form: unknown;
  try {
    form = parse(text, { maxAliasCount: 0, logLevel: "silent" });
  } catch {
    return [];
  }
  const body = (form as Attributes | null)?.["body"];
  return (Array.isArray(body) ? body : []).flatMap((field: unknown) => {
    const { id, attributes } = (field ?? {}) as Attributes;
    return typeof attributes === "object" && attributes !== null
      ? [{ id, attributes: attributes as Attributes }]
      : [];
  });
}

/** A line without its marks, as a report may repeat it. */
function bareLine(line: string): string {
  return line
    .replace(/<!--|-->/g, " ")
    .replace(/^[\s>#*+-]+(?:\[[ xX]\])?/, "")
    .replace(/[*_`]/g, "")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();
}
