import { readFrontMatter } from "./front-matter.ts";

export type RenderedPrompt =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problems: readonly string[] };

const PLACEHOLDER = /\{\{\s{0,3}(>\s{0,3}parent|[a-z_.]{1,60})\s{0,3}\}\}/g;
const MAX_PARENTS = 20;

/**
 * The text of a prompt (format of chant: front matter `extends`, placeholders `{{name}}`, `{{> parent}}` for the parent's
 * text). `prompts`: name to file text. One pass: what is put in is not looked at again. An unknown variable, a missing
 * or circular parent are problems, all reported together.
 */
export function renderPrompt(
  name: string,
  prompts: ReadonlyMap<string, string>,
  variables: Readonly<Record<string, string>>,
): RenderedPrompt {
  const problems: string[] = [];
  const bodies: string[] = [];
  const seen = new Set<string>();
  for (let at: string | undefined = name; at !== undefined;) {
    const text = prompts.get(at);
    if (text === undefined || seen.has(at) || seen.size >= MAX_PARENTS) {
      problems.push(text === undefined ? `there is no prompt ${at}` : `the prompt ${at} extends itself`);
      break;
    }
    seen.add(at);
    const front = readFrontMatter(text);
    problems.push(...front.problems.map(({ line, message }) => `${at}, line ${line}: ${message}`));
    bodies.push(text.slice(front.bodyStart).trim());
    const parent = front.fields.get("extends");
    at = typeof parent === "string" && parent !== "" ? parent : undefined;
  }
  const fill = (depth: number): string =>
    (bodies[depth] ?? "").replace(PLACEHOLDER, (whole, key: string) => {
      if (key.startsWith(">")) {
        if (depth + 1 < bodies.length) return fill(depth + 1);
        problems.push("`{{> parent}}` stands in a prompt that extends nothing");
        return whole;
      }
      if (Object.hasOwn(variables, key)) return variables[key]!;
      problems.push(`there is no variable ${key}`);
      return whole;
    });
  const text = fill(0);
  return problems.length === 0 ? { ok: true, text } : { ok: false, problems };
}
