/** Names in a title that are written like code: `IndexedSet`, `LinkedMap.get`, `set_tag`, `f()`. */
const NAMES = /[A-Z]\w*[a-z]\w*[A-Z]\w*(?:\.\w+)?|[A-Za-z]\w*(?:\.|::|_)\w+|\w+(?=\()|`[^`\n]{2,60}`/g;
/** A subject that is no thing of the report's own: any list, the built-in one, another language. */
const ANOTHER =
  /^(?:an? |(?:a |the )?(?:plain|regular|normal|ordinary|usual|native|built-?in|standard|stdlib|stock|vanilla) |other |most |in (?:plain )?[A-Z]\w{1,20}(?:\.js)?,? )/i;

/** All the rest, which is as it should be. */
const REST = /^(?:(?:any|all|every|the) )?(?:other|others|everything else|the rest)\b/i;
const AS_IT_SHOULD = /\b(?:as (?:documented|expected|intended)|correct(?:ly)?|properly|works?|fine)\b/i;

/**
 * Whether a sentence says what another thing does, which the next one compares: "A list raises an error. IndexedSet returns the
 * last item instead." Linear.
 */
export function isComparison(sentence: string, next: string | undefined, title: string): boolean {
  if (REST.test(sentence) && AS_IT_SHOULD.test(sentence)) return true;
  if (next === undefined || !ANOTHER.test(sentence) || /\binstead\b/i.test(sentence)) return false;
  if (!/\b(?:instead|whereas|in contrast|by contrast|however|silently)\b/i.test(next)) return false;
  const own = (title.match(NAMES) ?? []).flatMap((name) => {
    const bare = name.replaceAll("`", "");
    return [bare, bare.split(/\.|::/)[0]!];
  });
  const subject = next.replace(/^(?:but |however,? |the |our )+/i, "").replace(/^`+/, "");
  return own.some((name) => subject.startsWith(name) && !sentence.includes(name));
}
