declare const safe: unique symbol;

/**
 * Markdown that may be published: made by `safeText` and by nothing else. Foreign words in it are inside code or
 * neutralised, so that it mentions nobody, closes nothing, commands nothing and loads nothing.
 */
export type SafeText = string & { readonly [safe]: true };
