import type { Nodes, Paragraph, RootContent } from "mdast";
import { z } from "zod";
import { fileNameOf } from "../languages/paths.ts";
import type { Codebase } from "../repository/codebase.ts";
import { matcherOf } from "../repository/glob.ts";
import { inlineCode } from "../text/inline-code.ts";
import { parseMarkdown, plainText } from "../text/parse-markdown.ts";
import { quoted } from "../text/safe-text.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** Files in which a project tells agents how it works. */
const FILES: ReadonlySet<string> = new Set(["AGENTS.md", "CLAUDE.md"]);
/** Characters of a file that is read; nobody follows more. */
const MAX_FILE = 50_000;
/** Characters of a heading, a command and a sentence that are shown. They are shown whole or not at all: the rest can say the opposite. */
const MAX_HEADING = 80;
const MAX_COMMAND = 120;
const MAX_WORDS = 240;

const conventionSchema = z.strictObject({
  path: part.path,
  line: part.line,
  kind: z.enum(["test-command", "leave-alone"]),
  /** The innermost heading above, where there is one. */
  heading: z.string().min(1).max(MAX_HEADING).optional(),
  /** The command, or the whole paragraph with its code in backquotes. */
  words: z.string().min(1).max(MAX_WORDS),
});

export type Convention = z.infer<typeof conventionSchema>;

/**
 * What a project's file for agents says about how to test, or what to leave alone, in its own words. They are material: Casebook follows
 * none of them.
 */
export const convention = claimType({
  name: "convention",
  mark: "code",
  schema: conventionSchema,
  say: ({ path, line, kind, heading, words }) => ({
    label: kind === "test-command" ? "How to test" : "Leave alone",
    text: `${inlineCode(path)} ${kind === "test-command" ? "names the command" : "says"}${
      heading === undefined ? "" : ` under ${quoted(heading, MAX_HEADING)}`
    }${kind === "test-command" ? "" : ":"} ${kind === "test-command" ? inlineCode(words, MAX_COMMAND) : quoted(words, MAX_WORDS)}`,
    citations: [{ kind: "lines", path, start: line, end: line }],
  }),
  async check(data, { codebase }) {
    if (!FILES.has(fileNameOf(data.path))) return wrong("it is no file for agents");
    const there = await conventionsOf(data.path, codebase);
    return there.some((one) => isSame(one, data))
      ? holds("the file says so on this line")
      : wrong("the file says no such thing on this line");
  },
});

function isSame(one: Convention, other: Convention): boolean {
  return (
    one.path === other.path &&
    one.line === other.line &&
    one.kind === other.kind &&
    one.heading === other.heading &&
    one.words === other.words
  );
}

/** The files for agents at the root and in the folders around a file, the nearest first. */
export function conventionFiles(path: string, { tree }: Pick<Codebase, "tree">): readonly string[] {
  const folders = path.split("/").slice(0, -1);
  return [...folders.keys(), folders.length]
    .toReversed()
    .flatMap((depth) => [...FILES].map((name) => [...folders.slice(0, depth), name].join("/")))
    .filter((one) => tree.find(one) !== undefined);
}

/** What a file for agents says that can be told from its form alone: commands that test, and paths of the commit that nobody should edit. */
export async function conventionsOf(
  path: string,
  { tree, text }: Pick<Codebase, "tree" | "text">,
): Promise<readonly Convention[]> {
  const source = await text(path);
  if (source === undefined || source.text.length > MAX_FILE) return [];
  const paths = tree.entries.map((entry) => entry.path);
  const found: Convention[] = [];
  for (const { block, heading, before } of blocksOf(parseMarkdown(source.text, "foreign").children)) {
    const title = heading === undefined ? undefined : plainText(heading);
    if (title !== undefined && (title === "" || title.length > MAX_HEADING)) continue;
    const at = { path, ...(title === undefined ? {} : { heading: title }) };
    // "Do not run this: …" is above the code, or in the heading.
    const isForbidden = [title, before, block.type === "paragraph" ? plainText(block) : undefined].some(
      (text) => text !== undefined && NEGATION.test(text),
    );
    if (block.type === "code") {
      if (isForbidden || !SHELLS.has((block.lang ?? "").toLowerCase())) continue;
      const first = block.position!.start.line;
      block.value.split("\n").forEach((one, index) => {
        // The fence has a line of its own; code by indentation has none.
        const line = /^\s*(?:`{3}|~{3})/.test(source.lines[first - 1] ?? "")
          ? first + 1 + index
          : first + index;
        if (isTestCommand(one)) found.push({ ...at, line, kind: "test-command", words: bare(one) });
      });
      continue;
    }
    const line = block.position!.start.line;
    const said = wordsOf(block);
    if (said === undefined) continue;
    if (!isForbidden) {
      for (const one of said.code)
        if (/\s/.test(one.words) && isTestCommand(one.words))
          found.push({ ...at, line: one.line, kind: "test-command", words: bare(one.words) });
    } else if (
      said.words.length <= MAX_WORDS &&
      forbidden(said.words, title).some((one) => isInTree(one, paths))
    )
      found.push({ ...at, line, kind: "leave-alone", words: said.words });
  }
  return found.filter((one) => conventionSchema.safeParse(one).success);
}

const SHELLS: ReadonlySet<string> = new Set(["", "sh", "bash", "shell", "console", "zsh", "shellsession"]);
const NEGATION = /\b(?:not|never|avoid|instead|without|except|unless|no|rather|deprecated)\b|n['’]t\b/i;
/** An order, at the start of a sentence or after a dash: "if you do not edit …" is none. */
const FORBIDDEN =
  /(?:^|[.!:;–—-]\s+)(?:please,?\s+)?(?:do not|don['’]t|never|avoid|(?:you|agents?) (?:must|should) (?:not|never))(?:\s+(?:manually|directly|ever))?\s+(?:edit|modify|touch|change|alter|delete|remove|rename|move|editing|modifying|touching|changing)\b/i;
/** From here on a sentence speaks of something else: where to make the change instead. */
const TURN = /[.;!?](?:\s|$)|\b(?:instead|but|rather|unless|except|without|until|edit|use|change)\b/i;

/** The code that an order not to edit is about: after the verb, or before the order where it stands first. */
function forbidden(words: string, title: string | undefined): readonly string[] {
  const order = FORBIDDEN.exec(words);
  const head = /^`([^`]+)`/.exec(words)?.[1];
  if (order === null) return head !== undefined && title !== undefined && FORBIDDEN.test(title) ? [head] : [];
  const named: string[] = [];
  for (const [i, one] of words
    .slice(order.index + order[0].length)
    .split("`")
    .entries()) {
    if (i % 2 === 1) named.push(one);
    else if (TURN.test(one)) break;
  }
  const isAlone = head !== undefined && !words.slice(head.length + 2, order.index).includes("`");
  return named.length === 0 && isAlone ? [head] : named;
}

function bare(line: string): string {
  return line
    .trim()
    .replace(/^[$%>]\s+/, "")
    .replace(/\s+#\s.*$/, "")
    .trim();
}

/** A word of a command that names a task or a program that tests: a path or an option that has the word is none. */
const TESTS = /^(?:[\w-]+:)*(?:tests?|pytest|vitest|jest|ctest|rspec|phpunit|nextest|tox|nox)(?::[\w-]+)*$/i;

/** One whole command of one line whose words say that it tests. */
function isTestCommand(line: string): boolean {
  const command = bare(line);
  return (
    command.length <= MAX_COMMAND &&
    /^[\w./@-]+(?:\s|$)/.test(command) &&
    !/^tests?$/i.test(command) &&
    command.split(/\s+/).some((word) => TESTS.test(word)) &&
    !/[`\\;|&<>$]|\p{Cc}/u.test(command)
  );
}

/** A path or a pattern that holds a file of the commit; a bare name counts only where it is a file at the root. */
function isInTree(written: string, paths: readonly string[]): boolean {
  const path = written.replace(/^\.?\//, "");
  if (path === "" || path.length > 300) return false;
  const folder = path.endsWith("/") ? path : `${path}/`;
  if (paths.some((one) => one === path || one.startsWith(folder))) return true;
  if (!path.includes("*")) return false;
  return paths.some(matcherOf(path));
}

interface Said {
  /** On one line, code in backquotes. */
  readonly words: string;
  readonly code: readonly { readonly words: string; readonly line: number }[];
}

/** A paragraph as it reads; undefined where something in it is not words or code. */
function wordsOf(paragraph: Paragraph): Said | undefined {
  const code: { readonly words: string; readonly line: number }[] = [];
  let words = "";
  const open: Nodes[] = [...paragraph.children].toReversed();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === "text") words += node.value;
    else if (node.type === "break") words += " ";
    else if (node.type === "inlineCode" && !node.value.includes("`")) {
      code.push({ words: node.value, line: node.position!.start.line });
      words += `\`${node.value}\``;
    } else if (node.type === "emphasis" || node.type === "strong" || node.type === "link")
      open.push(...([...node.children].toReversed() as Nodes[]));
    else return undefined;
  }
  return { words: words.replace(/\s+/g, " ").trim(), code };
}

interface Placed {
  readonly block: Extract<RootContent, { type: "paragraph" | "code" }>;
  readonly heading?: Nodes;
  /** The text of the block before it. */
  readonly before?: string;
}

/** Paragraphs and code of a page, those of lists too, each with what it is under. What is quoted or in a table is somebody else's. */
function blocksOf(children: readonly RootContent[]): readonly Placed[] {
  const placed: Placed[] = [];
  let heading: Nodes | undefined;
  const visit = (nodes: readonly RootContent[], above?: string): void => {
    let before = above;
    for (const node of nodes) {
      if (node.type === "heading") {
        heading = node;
        before = undefined;
      } else if (node.type === "paragraph" || node.type === "code") {
        placed.push({
          block: node,
          ...(heading === undefined ? {} : { heading }),
          ...(before === undefined ? {} : { before }),
        });
        before = node.type === "code" ? before : plainText(node);
      } else if (node.type === "list") for (const item of node.children) visit(item.children, before);
    }
  };
  visit(children);
  return placed;
}
