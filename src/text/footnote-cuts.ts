import type { Cut } from "./hidden.ts";

/** A footnote: its label, and its stretch of the text with the lines that belong to it. */
interface Note {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

const DEFINITION = /^ {0,3}\[\^([^\s\]]{1,200})\]:/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
/** What ends a paragraph that goes on in the next line. */
const BLOCK = /^ {0,3}(?:#{1,6}[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t]|`{3}|~{3}|<)/;
const INDENTED = /^(?: {4}|\t)/;
const CALL = /\[\^([^\s\]]{1,200})\]/g;

/** Cuts for footnotes that nothing on the page calls: a page shows no such footnote. Linear. */
export function footnoteCuts(text: string): readonly Cut[] {
  const notes = notesIn(text);
  if (notes.length === 0) return [];
  const called = new Set<string>();
  const open: string[] = [];
  const call = (from: number, to: number): void => {
    for (const [, label] of text.slice(from, to).matchAll(CALL)) {
      const name = label!.toLowerCase();
      if (called.has(name)) continue;
      called.add(name);
      open.push(name);
    }
  };
  let at = 0;
  for (const { start, end } of notes) {
    call(at, start);
    at = end;
  }
  call(at, text.length);
  const byLabel = new Map<string, Note>();
  // Of two with one label the first counts, and the page drops the other.
  for (const note of notes) if (!byLabel.has(note.label)) byLabel.set(note.label, note);
  for (let label = open.pop(); label !== undefined; label = open.pop()) {
    const note = byLabel.get(label);
    if (note !== undefined) call(text.indexOf("]:", note.start) + 2, note.end);
  }
  return notes
    .filter((note) => !called.has(note.label) || byLabel.get(note.label) !== note)
    .map(({ start, end }) => ({ start, end, hidden: { kind: "footnote", text: text.slice(start, end) } }));
}

function notesIn(text: string): readonly Note[] {
  const notes: Note[] = [];
  let fence: string | undefined;
  let current: { readonly label: string; readonly start: number; end: number } | undefined;
  let isAfterEmpty = true;
  const close = (): void => {
    if (current !== undefined) notes.push(current);
    current = undefined;
  };
  for (let start = 0; start < text.length;) {
    const feed = text.indexOf("\n", start);
    const end = feed < 0 ? text.length : feed;
    const line = text.slice(start, Math.min(end, start + MAX_LINE));
    const mark = FENCE.exec(line)?.[1];
    const isEmpty = line.trim() === "";
    if (fence !== undefined) {
      if (mark !== undefined && mark[0] === fence[0] && mark.length >= fence.length) fence = undefined;
    } else if (
      current !== undefined &&
      !isEmpty &&
      (INDENTED.test(line) || !(isAfterEmpty || BLOCK.test(line)))
    ) {
      const next = DEFINITION.exec(line)?.[1];
      if (next === undefined) current.end = end;
      else {
        close();
        current = { label: next.toLowerCase(), start, end };
      }
    } else if (!isEmpty) {
      close();
      const label = DEFINITION.exec(line)?.[1];
      if (label !== undefined) current = { label: label.toLowerCase(), start, end };
      else if (mark !== undefined) fence = mark;
    }
    isAfterEmpty = isEmpty;
    start = end + 1;
  }
  close();
  return notes;
}

/** Of a longer line the beginning says what it is. */
const MAX_LINE = 1_000;
