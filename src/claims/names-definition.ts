import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { holdsWord } from "../repository/run-search.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { definitionAt } from "./claim-evidence.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import type { Definition } from "../evidence/references/build-symbol-index.ts";
import { qualifiedName } from "../languages/syntax.ts";

/** Shorter names are words of many texts. */
const MIN_NAME = 4;

/**
 * The report writes the name of a definition, and the grammars find no other with the name. A program can make more while it runs, which
 * nobody reads from its text.
 */
export const namesDefinition = claimType({
  name: "names-definition",
  mark: "reported",
  schema: z.strictObject({ written: z.string().min(MIN_NAME).max(300), at: part.definition }),
  say: ({ written, at }) => ({
    text: `The report names ${inlineCode(written)}, defined here${written === at.name ? "" : ` as ${inlineCode(at.name)}`}; Casebook found no other definition of it`,
    citations: [{ kind: "lines", path: at.path, start: at.start, end: at.end }],
  }),
  async check({ written, at }, evidence) {
    const { issue } = evidence;
    if ((await definitionAt(at, evidence)) === undefined) return wrong("there is no such definition");
    if (issue === undefined) return undecided("the issue is not at hand");
    if (!isNamed(written, issue.text)) return wrong("the report does not write this name");
    if (isOfAnother(written, at.name, issue.text)) return wrong("the report writes another type before it");
    const only = await onlyDefinition(written, evidence);
    return only !== undefined && only.path === at.path && only.symbol.start === at.start
      ? holds("the report writes it, and one definition has the name")
      : wrong("several definitions have the name, or none");
  },
});

/**
 * True where a text means code by a name. A plain word of lower case has to be written as code, and alone: in `variable::set` it is a
 * part of another name.
 */
export function isNamed(name: string, text: string): boolean {
  if (!holdsWord(text, name)) return false;
  const plain = name.replace(/[$\\^.*+?()[\]{}|]/g, "\\$&");
  const whole = new RegExp(`(?<![\\w$])${plain}(?![\\w$]|(?:::|\\.|#|->)[A-Za-z_$])`);
  if (!whole.test(text)) return false;
  return !/^[a-z]+$/.test(name) || new RegExp(`\`${plain}(?:\\(\\))?\`|(?<![\\w$.:])${plain}\\(`).test(text);
}

/**
 * Wherever a text writes the name of a method, another type stands before it: `I18n.load_path` need not be `Config.load_path`, whoever
 * else has the name. What begins in lower case may be a value of any type.
 */
export function isOfAnother(written: string, definition: string, text: string): boolean {
  const owner = definition.split(".").at(-2);
  if (owner === undefined || /[.#:]/.test(written)) return false;
  const plain = written.replace(/[$\\^.*+?()[\]{}|]/g, "\\$&");
  const form = new RegExp(`(?:([A-Za-z_$][\\w$]*)(?:\\.|::|#|->))?(?<![\\w$])${plain}(?![\\w$])`, "g");
  const before = [...text.matchAll(form)].map(([, receiver]) => receiver);
  return before.every((one) => one !== undefined && /^[A-Z]/.test(one) && one !== owner);
}

/** Kinds that a name means as a whole. A field or a variable can be set in many places. */
const NAMED: ReadonlySet<string> = new Set([
  "function",
  "method",
  "class",
  "interface",
  "struct",
  "enum",
  "trait",
]);

/** The one definition of the commit with a name, qualified or not; undefined for none or several. */
export async function onlyDefinition(
  written: string,
  { symbolIndex, codebase }: Pick<ClaimEvidence, "symbolIndex" | "codebase">,
): Promise<Definition | undefined> {
  const parts = written.split(/[.#:]+/).filter((one) => one !== "");
  const name = parts.at(-1);
  if (name === undefined || written.length < MIN_NAME) return undefined;
  const found = ((await symbolIndex()).definitions.get(name) ?? []).filter(
    ({ symbol }) => parts.length === 1 || qualifiedName(symbol).endsWith(parts.join(".")),
  );
  const [only, second] = found;
  return only !== undefined &&
    second === undefined &&
    NAMED.has(only.symbol.kind) &&
    codebase.roleOf(only.path) === "source"
    ? only
    : undefined;
}
