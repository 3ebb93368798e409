import { estimateTokens } from "../../llm/estimate-tokens.ts";
import { cleanUntrusted, quoteUntrusted } from "../untrusted.ts";
import type { PackItem, PackPart } from "./part.ts";

/** What was chosen of a part. */
export interface Filled {
  readonly name: PackPart["name"];
  readonly text: string;
  readonly tokens: number;
  /** True when an item was left out or shortened. */
  readonly cut: boolean;
}

/** A shorter form says less, so it is worth less. */
const SHORTER = 0.7;

interface State {
  readonly part: PackPart;
  readonly chosen: { readonly item: PackItem; readonly form: number }[];
  /** Form of the next item that is tried. */
  form: number;
  /** Room for what a mark says about changed text is taken. */
  labelled: boolean;
  closed: boolean;
}

/** Tokens of what a mark says about changed text, at most. */
const LABEL = 80;

interface Size {
  readonly tokens: number;
  readonly isChanged: boolean;
}

/** What is counted is what will stand there: making a line harmless can lengthen it. */
function measure(text: string, nonce: string): Size {
  const { text: shown, invisible, controls, imitations } = cleanUntrusted(text, { nonce });
  return { tokens: estimateTokens(shown) + 1, isChanged: invisible + controls + imitations > 0 };
}

/**
 * Chooses items until `tokens` are used up: always the one that helps most for what it costs, each part in its own order;
 * what does not fit is tried in its shorter forms. Ties go to the part that comes first. The same input gives the same text.
 */
export function fill(
  parts: readonly PackPart[],
  { nonce, tokens }: { readonly nonce: string; readonly tokens: number },
): readonly Filled[] {
  const states: State[] = parts.map((part) => ({
    part,
    chosen: [],
    form: 0,
    labelled: false,
    closed: false,
  }));
  const sizes = new Map<string, Size>();
  const sizeOf = (text: string): Size => {
    let size = sizes.get(text);
    if (size === undefined) sizes.set(text, (size = measure(text, nonce)));
    return size;
  };
  let left = tokens;
  for (;;) {
    let best: { readonly state: State; readonly cost: number; readonly density: number } | undefined;
    for (const state of states) {
      const item = state.part.items[state.chosen.length];
      if (state.closed || item === undefined) continue;
      const { tokens: own, isChanged } = sizeOf(item.forms[state.form]!);
      const needsLabel = isChanged && (item.source !== undefined || !state.labelled);
      const cost = own + frameOf(state, item, nonce) + (needsLabel ? LABEL : 0);
      const density = (item.value * SHORTER ** state.form) / cost;
      if (best === undefined || density > best.density) best = { state, cost, density };
    }
    if (best === undefined) break;
    const { state, cost } = best;
    const item = state.part.items[state.chosen.length]!;
    if (cost <= left) {
      left -= cost;
      state.chosen.push({ item, form: state.form });
      state.labelled ||= item.source === undefined && sizeOf(item.forms[state.form]!).isChanged;
      state.form = 0;
    } else if (state.form + 1 < item.forms.length) state.form++;
    else state.closed = true;
  }
  return states.filter(({ chosen }) => chosen.length > 0).map((state) => render(state, nonce));
}

/** What is around the text of an item: heading, marks, and the line that says what is left out. */
function frameOf({ part, chosen }: State, item: PackItem, nonce: string): number {
  const quotation = quoteUntrusted("", { nonce, source: item.source ?? part.source });
  const head = `\n\n## ${part.heading}\n${part.more(part.items.length)}\n`;
  if (chosen.length === 0) return estimateTokens(head + quotation) + 12;
  return item.source === undefined ? 0 : estimateTokens(quotation) + 2;
}

function render({ part, chosen }: State, nonce: string): Filled {
  const shown = chosen.toSorted((a, b) => (a.item.order ?? 0) - (b.item.order ?? 0));
  const joined = shown
    .filter(({ item }) => item.source === undefined)
    .map(({ item, form }) => item.forms[form]!);
  const quotations = [
    ...(joined.length === 0 ? [] : [quoteUntrusted(joined.join("\n"), { nonce, source: part.source })]),
    ...shown.flatMap(({ item, form }) =>
      item.source === undefined ? [] : [quoteUntrusted(item.forms[form]!, { nonce, source: item.source })],
    ),
  ];
  const leftOut = part.items.length - chosen.length;
  const cut = leftOut > 0 || chosen.some(({ form }) => form > 0);
  const text = [`## ${part.heading}`, ...quotations, ...(cut ? [part.more(leftOut)] : [])].join("\n");
  return { name: part.name, text, tokens: estimateTokens(text), cut };
}
