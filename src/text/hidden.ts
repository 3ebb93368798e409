/** Why a reader of the page does not see a text. */
export type HiddenKind =
  | "comment"
  /** A tag that is not HTML (`<Suspense>`): the page drops it. */
  | "tag"
  /** Text in an attribute of a tag. */
  | "attribute"
  /** What is inside `<template>`, `<noscript>` or an element that is `hidden`. */
  | "element"
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
  | "control"
  /** The page shows it, but it is more than is read of one text (`readableEnd`). */
  | "unread";

/** Text that the page does not show. */
export interface Hidden {
  readonly kind: HiddenKind;
  /** The hidden text. Tag characters appear as the letters they mean, other invisible characters as `U+XXXX`. */
  readonly text: string;
  /** 1-based line of the text it starts on. */
  readonly line: number;
}

/** A stretch of the text to take out. Offsets in UTF-16 code units. */
export interface Cut {
  readonly start: number;
  readonly end: number;
  /** The replacement; none when absent. */
  readonly instead?: string;
  /** What to list; none when the stretch has no words (`<b>`). */
  readonly hidden?: { readonly kind: HiddenKind; readonly text: string };
}
