import type { List, ListItem, Nodes, Paragraph, PhrasingContent, Table } from "mdast";
import { parseMarkdown, plainText } from "../../text/parse-markdown.ts";
import { readableEnd } from "../../text/readable-end.ts";
import { type IssueForms, NO_FORMS } from "./issue-forms.ts";
import { partOfHeading, type ReportPart } from "./report-part.ts";

/** A piece of a report that is read as one: a paragraph, an item of a list, a code block, a cell of a table. */
export interface ReportBlock {
  readonly kind: "prose" | "item" | "code" | "cell";
  /** As it is in the report. */
  readonly text: string;
  /** The heading above it, as its page shows it; empty before the first. */
  readonly heading: string;
  /** The meaning of that heading. */
  readonly part: ReportPart | undefined;
  /** The name before a colon, or the first cell of its row: `OS` of `- OS: Ubuntu`. */
  readonly label?: string;
  /** Of an item: whether its list is numbered. */
  readonly ordered?: boolean;
  /** Of an item with a box. */
  readonly checked?: boolean;
  /** The word after a fence, in lower case. */
  readonly language?: string;
  /** Stands in a quotation. */
  readonly quoted?: boolean;
  /** The repository's own form says it. */
  readonly isForm?: boolean;
  /** All of it is emphasised, as forms print their instructions. */
  readonly emphasised?: boolean;
}

const MAX_HEADING = 160;
/** Blocks of one text that are read. */
const MAX_BLOCKS = 3_000;

/**
 * Splits a visible text at headings, paragraphs, items, cells and code, up to where reading stops. Linear in the text, never
 * throws.
 */
export function readBlocks(whole: string, forms: IssueForms = NO_FORMS): readonly ReportBlock[] {
  const text = fenced(whole.slice(0, readableEnd(whole)));
  const blocks: ReportBlock[] = [];
  let heading = "";
  let part: ReportPart | undefined;
  /** Headings above, by depth: a sub-heading without a meaning keeps the one above it. */
  let above: readonly { readonly depth: number; readonly part: ReportPart | undefined }[] = [];

  /** Quotations in HTML that are open. */
  let inQuotation = 0;

  const enter = (title: string, depth: number): void => {
    above = above.filter((one) => one.depth < depth);
    const own = forms.partOf(title) ?? partOfHeading(title);
    heading = title.trim();
    part = own ?? (depth > 1 ? above.at(-1)?.part : undefined);
    above = [...above, { depth, part }];
  };
  const source = (node: Nodes): string =>
    text.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);
  const add = (
    block: Omit<ReportBlock, "heading" | "part"> & { readonly part?: ReportPart | undefined },
  ): void => {
    const quoted = inQuotation > 0 ? { quoted: true } : {};
    for (const { text: piece, isForm } of piecesOf(block, forms))
      if (blocks.length < MAX_BLOCKS && piece.trim() !== "")
        blocks.push({ heading, part, ...block, text: piece, ...(isForm ? { isForm } : {}), ...quoted });
  };

  const paragraph = (node: Paragraph, extra: Partial<ReportBlock>): void => {
    const whole = source(node);
    const title = titleOf(node, whole);
    if (title !== undefined && extra.kind !== "item") {
      enter(title, BOLD_DEPTH);
      return;
    }
    const [first] = node.children;
    // `**Label**: value`, or the label on a line of its own with the text below.
    if (first?.type === "strong") {
      const end = (first.position?.end.offset ?? 0) - (node.position?.start.offset ?? 0);
      const name = plainText(first).trim();
      const rest = whole.slice(end);
      const colon = /:\s*$/.test(name) || /^\s*:/.test(rest);
      const onOwnLine = /^[:\s]*\n/.test(rest);
      if ((colon || onOwnLine) && name.length <= MAX_HEADING) {
        const label = name.replace(/[:\s]+$/, "");
        const value = rest.replace(/^[\s:]+/, "");
        if (extra.kind !== "item" && (partOfHeading(label) !== undefined || onOwnLine))
          enter(label, BOLD_DEPTH);
        labelled(value, { ...extra, label });
        return;
      }
    }
    lines(whole, { ...extra, ...(isEmphasised(node.children) ? { emphasised: true } : {}) });
  };

  /** What stands behind a bold label, up to the next one on a line of its own: `**OS:** Debian`, `**Version**: 1.2`. */
  const labelled = (value: string, extra: Partial<ReportBlock>): void => {
    const [own = "", ...more] = value.split(/\n(?=\*\*[^*\n]{1,80}\*\*)/);
    lines(own, extra);
    for (const piece of more) {
      const [, name = "", rest = ""] = /^\*\*([^*\n]{1,80})\*\*([^]*)$/.exec(piece) ?? [];
      if (!/[:：]\s*$/.test(name) && !/^\s*[:：]/.test(rest)) {
        lines(piece, extra);
        continue;
      }
      const label = name.replace(/[:：\s]+$/, "");
      if (extra.kind !== "item") enter(label, BOLD_DEPTH);
      lines(rest.replace(/^[\s:：]+/, ""), { ...extra, label });
    }
  };

  /** A paragraph by its lines, where lines are labels (`Expected: …`) or headings without a mark (`Steps:`). */
  const lines = (whole: string, extra: Partial<ReportBlock>): void => {
    let pending: string[] = [];
    const flush = (more: Partial<ReportBlock> = {}): void => {
      if (pending.length > 0) add({ kind: "prose", ...extra, ...more, text: pending.join("\n") });
      pending = [];
    };
    for (const line of whole.split("\n")) {
      const found = LABEL.exec(line);
      const match = found !== null && !endsInside(found[1]!) ? found : null;
      const name = match?.[1]?.replace(/[*_`]/g, "").trim() ?? "";
      const value = match?.[2] ?? "";
      const meaning = match === null ? undefined : partOfHeading(name);
      if (match === null || name.split(/\s+/).length > 8) {
        pending.push(line);
        continue;
      }
      if (value.trim() === "" && meaning !== undefined && extra.kind !== "item" && isTitle(name)) {
        flush();
        enter(name, LABEL_DEPTH);
      } else if (meaning !== undefined && SPOKEN.has(meaning) && name.length <= 60) {
        flush();
        add({ kind: "prose", ...extra, label: name, part: meaning, text: value });
      } else if (
        extra.label === undefined &&
        value.trim() !== "" &&
        name.length <= 60 &&
        !whole.includes("\n")
      ) {
        add({ kind: "prose", ...extra, label: name, text: line });
      } else pending.push(line);
    }
    flush();
  };

  const list = (node: List, quoted: boolean): void => {
    for (const item of node.children) listItem(item, node.ordered === true, quoted);
  };
  const listItem = (item: ListItem, ordered: boolean, quoted: boolean): void => {
    const extra: Partial<ReportBlock> = {
      kind: "item",
      ordered,
      ...(quoted ? { quoted } : {}),
      ...(typeof item.checked === "boolean" ? { checked: item.checked } : {}),
    };
    const [first, ...rest] = item.children;
    // A numbered question with its answer below: the question is a heading.
    if (
      first?.type === "paragraph" &&
      rest.length > 0 &&
      /[?:：？]\s*$/.test(plainText(first)) &&
      partOfHeading(plainText(first)) !== undefined &&
      plainText(first).length <= MAX_HEADING
    ) {
      enter(plainText(first), LABEL_DEPTH);
      for (const child of rest) visit(child, quoted);
      return;
    }
    for (const child of item.children)
      if (child.type === "paragraph") paragraph(child, extra);
      else visit(child, quoted);
  };
  const table = (node: Table): void => {
    const [head, ...rows] = node.children;
    for (const row of rows) {
      const cells = row.children.map((cell) =>
        source(cell)
          .replace(/^\||\|$/g, "")
          .trim(),
      );
      const [label = "", ...values] = cells;
      for (const value of values)
        add({ kind: "cell", text: value, label: label.replace(/[*`:]/g, "").replace(/^_+|_+$/g, "") });
      if (values.length === 0) add({ kind: "cell", text: label });
    }
    // A table with its head alone says something there, too.
    if (rows.length === 0) for (const cell of head?.children ?? []) add({ kind: "cell", text: source(cell) });
  };

  const visit = (node: Nodes, quoted = false): void => {
    switch (node.type) {
      case "heading":
        enter(plainText(node), node.depth);
        return;
      case "paragraph":
        paragraph(node, quoted ? { quoted } : {});
        return;
      case "list":
        list(node, quoted);
        return;
      case "table":
        table(node);
        return;
      case "code":
        add({
          kind: "code",
          text: node.value,
          ...(node.lang ? { language: node.lang.toLowerCase() } : {}),
          ...(quoted ? { quoted } : {}),
        });
        return;
      case "html": {
        const title = /<(?:h([1-6])|summary)\b[^>]{0,200}>([^<]{1,160})<\//i.exec(node.value);
        if (title !== null) enter(title[2]!, title[1] === undefined ? LABEL_DEPTH : Number(title[1]));
        const rest = node.value.replace(/<(h[1-6]|summary)\b[^>]{0,200}>[^<]{0,200}<\/\1>/gi, "");
        for (const line of rest.split("\n")) {
          inQuotation = Math.max(0, inQuotation + count(line, "<blockquote") - count(line, "</blockquote"));
          const shown = line.replace(/<[^>]{0,400}>/g, "").trim();
          if (shown !== "") add({ kind: "prose", text: shown });
        }
        return;
      }
      case "blockquote":
        for (const child of node.children) visit(child, true);
        return;
      default:
        if ("children" in node) for (const child of node.children) visit(child, quoted);
    }
  };
  visit(parseMarkdown(text, "foreign"));
  return blocks;
}

/** A mark of `{code:java}` alone on its line. */
const CODE_MARK = /^\{(?:code|noformat)(?::([\w+-]{1,20}))?[^}\n]{0,60}\}(?=[ \t]*$)/gm;

/**
 * Code of trackers before Markdown, `{code:java}` to `{code}`, as a fence of the same length, so that every place stays. A text
 * where a mark stands in a line or has no partner stays as it is.
 */
function fenced(text: string): string {
  const marks = text.match(/\{(?:code|noformat)\b/g)?.length ?? 0;
  if (marks === 0 || marks % 2 === 1 || text.match(CODE_MARK)?.length !== marks) return text;
  let isOpen = false;
  return text.replace(CODE_MARK, (mark, language = "") => {
    isOpen = !isOpen;
    return `\`\`\`${isOpen ? language : ""}`.padEnd(mark.length);
  });
}

/** Lines of a form apart from lines of the reporter; code is the form's only as a whole. */
function piecesOf(
  { kind, text }: Pick<ReportBlock, "kind" | "text">,
  forms: IssueForms,
): readonly { readonly text: string; readonly isForm: boolean }[] {
  const pieces: { lines: string[]; isForm: boolean }[] = [];
  for (const line of text.split("\n")) {
    const isForm = line.trim() === "" ? (pieces.at(-1)?.isForm ?? false) : forms.isLine(line);
    const last = pieces.at(-1);
    if (last?.isForm === isForm) last.lines.push(line);
    else pieces.push({ lines: [line], isForm });
  }
  if (kind === "code") return [{ text, isForm: pieces.every(({ isForm }) => isForm) }];
  return pieces.map(({ lines, isForm }) => ({ text: lines.join("\n"), isForm }));
}

/** Below every real heading, so that these end where the next heading begins. */
const BOLD_DEPTH = 7;
const LABEL_DEPTH = 8;
/** Parts that a label alone introduces for its own line. */
const SPOKEN: ReadonlySet<ReportPart> = new Set(["expected", "actual", "steps", "frequency", "tried"]);
/** `Label: value`; an address is no label. */
const LABEL = /^\s{0,3}(?:[-*+]\s+)?(\S[^:：\n]{0,80}?)\s*(?:：\s*|:(?!\/\/|:)(?:\s+|$))(.*)$/;

/** A line that is nothing but a heading of a report, also without a mark or a colon. */
const BARE_TITLE =
  /^(?:steps?(?: (?:to|for) reproduc\w+)?|(?:how )?to reproduce|reproduc(?:tion|ing)(?: steps)?|repro(?: steps)?|(?:expected|actual|observed|current) (?:behaviou?rs?|results?|outputs?|outcomes?)|schritte(?: zu[mr] \p{L}+)?|erwartetes (?:verhalten|ergebnis)|tatsächliches (?:verhalten|ergebnis)|étapes(?: (?:pour|de) \p{L}+)?|(?:comportement|résultat) (?:attendu|actuel|obtenu)|pasos(?: para \p{L}+)?|passos(?: para \p{L}+)?|(?:comportamiento|comportamento|resultado) (?:esperado|actual|atual)|шаги(?: \p{L}+)?|ожидаемое поведение|фактическое поведение|再現手順|期待(?:される)?(?:動作|結果)|実際の(?:動作|結果)|[复重]现步骤|(?:预期|期望|实际)(?:结果|行为)|재현 (?:방법|절차)|(?:예상|기대|실제) (?:결과|동작))(?: (?:the|this|it)(?: (?:bug|issue|problem|behaviou?r|error))?)?$/iu;

/** A paragraph that is bold as a whole, or one short line with a colon at its end and a meaning, acts as a heading. */
function titleOf(node: Paragraph, whole: string): string | undefined {
  if (whole.length > MAX_HEADING || whole.includes("\n")) return undefined;
  const shown = node.children.filter((child) => !(child.type === "text" && /^[\s:：?.]*$/.test(child.value)));
  const [only] = shown;
  if (
    shown.length === 1 &&
    (only?.type === "strong" || (only?.type === "emphasis" && /[:：]\s*$/.test(whole)))
  )
    return plainText(only).replace(/[:：\s]+$/, "");
  const bare = plainText(node).trim();
  if (((/[:：]$/.test(bare) && isTitle(bare)) || BARE_TITLE.test(bare)) && partOfHeading(bare) !== undefined)
    return bare.replace(/[:：\s]+$/, "");
  return undefined;
}

function isEmphasised(children: readonly PhrasingContent[]): boolean {
  const shown = children.filter(
    (child) => !(child.type === "text" && child.value.trim() === "") && child.type !== "break",
  );
  return shown.length > 0 && shown.every(({ type }) => type === "emphasis");
}

/** Whether a text ends inside code, quotation marks or brackets: a colon there ends no label. */
function endsInside(text: string): boolean {
  return (
    count(text, "`") % 2 === 1 ||
    count(text, '"') % 2 === 1 ||
    [
      ["“„", "”"],
      ["«", "»"],
      ["(", ")"],
      ["「", "」"],
      ["（", "）"],
    ].some(
      ([open, close]) => [...open!].reduce((sum, mark) => sum + count(text, mark), 0) > count(text, close!),
    )
  );
}

function count(text: string, part: string): number {
  return text.toLowerCase().split(part).length - 1;
}

/** A label that heads what follows: a few words, and no sentence of somebody. */
function isTitle(whole: string): boolean {
  const name = whole.replace(/[:：\s]+$/, "").replace(/\s*[(（][^()（）]*[)）]$/, "");
  if (/^what (?:i|we) (?:get|got|see|saw|want(?:ed)?|expect(?:ed)?)(?: (?:instead|to see|now))?$/i.test(name))
    return true;
  return (
    name.length <= 60 &&
    name.split(/\s+/).length <= 6 &&
    !/\b(?:i|we|it|this|is|are|was|get|gets|got|just|add|use|when|if|the following|here)\b/i.test(name)
  );
}
