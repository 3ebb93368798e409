/** Why a reader of the page does not see it. */
export type HiddenKind =
  | "comment"
  /** A tag that is not HTML (`<Suspense>`): the page drops it. */
  | "tag"
  /** Text in an attribute of a tag. */
  | "attribute"
  | "alt-text"
  | "link-title"
  /** A link without text. */
  | "empty-link"
  /** A link definition that nothing uses, such as `[//]: # (text)`. */
  | "definition"
  /** A footnote that nothing calls. */
  | "footnote"
  /** What follows the language after the opening fence of a code block. */
  | "info-string"
  | "zero-width"
  | "tag-character"
  | "variation-selector"
  | "bidi"
  | "control";

/** A part of the text that the page does not show. */
export interface Hidden {
  readonly kind: HiddenKind;
  /** What was there; tag characters as the letters they stand for, other invisible characters as `U+XXXX` each. */
  readonly text: string;
  /** 1-based line of the text it starts on. */
  readonly line: number;
}

/** A stretch of the text to take out. Offsets in UTF-16 code units. */
export interface Cut {
  readonly start: number;
  readonly end: number;
  /** What stands there instead; nothing when absent. */
  readonly instead?: string;
  /** What to list; nothing when the stretch says nothing (`<b>`). */
  readonly hidden?: { readonly kind: HiddenKind; readonly text: string };
}
