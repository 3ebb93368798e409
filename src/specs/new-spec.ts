import { formatKeys } from "./edit-front-matter.ts";
import type { KeyChange } from "./edit-front-matter.ts";
import type { SpecKey } from "./keys.ts";
import { parseSpec } from "./parse-spec.ts";

export interface NewSpec {
  /** Values by key; undefined and empty lists are left out. */
  readonly keys: Readonly<Partial<Record<SpecKey, KeyChange>>>;
  readonly title: string;
  /** Markdown without headings of level 1 and 2. */
  readonly context: string;
  /** Markdown without headings of level 1 and 2. */
  readonly task: string;
  /** One line of Markdown each, at least one. */
  readonly criteria: readonly string[];
}

/**
 * The text of a new spec file: front matter in chant's order, title, Context, Task, Acceptance Criteria with open
 * boxes, line feeds. Throws when it would not be read back with this title and these criteria.
 */
export function newSpec({ keys, title, context, task, criteria }: NewSpec): string {
  const heading = folded(title);
  const items = criteria.map(folded);
  const text = [
    `---\n${formatKeys(new Map(Object.entries(keys)), "\n")}---`,
    `# ${heading}\n`,
    `## Context\n\n${context.trim()}\n`,
    `## Task\n\n${task.trim()}\n`,
    `## Acceptance Criteria\n\n${items.map((item) => `- [ ] ${item}\n`).join("")}`,
  ].join("\n");

  const { spec, problems } = parseSpec("spec", text);
  const read = spec.criteria.map((c) => c.text);
  if (problems.length > 0 || items.length === 0 || JSON.stringify(read) !== JSON.stringify(items)) {
    const why = problems[0]?.message ?? "its criteria are not read back as given.";
    throw new Error(`The new spec "${heading}" would be unreadable: ${why}`);
  }
  return text;
}

function folded(text: string): string {
  return text
    .split(/[ \t\r\n]+/)
    .join(" ")
    .trim();
}
