/** Words that every program of some language is full of. */
const KEYWORDS = new Set(
  `and as async await break by case catch class const continue def default delete do else end enum except export extends
   false final fn for from func function go if impl implements import in int interface is let match mod mut new nil none
   not null or package pass private protected public pub return self static str string struct super switch this throw
   throws trait true try type typeof undefined use val var void where while with yield`.split(/\s+/),
);

/**
 * What of some words is worth telling a reader, in their order: no keywords, and no word that is a part of another one
 * (`report` says nothing beside `makereport`). All keywords are told when there is nothing else.
 */
export function tellingWords(words: readonly string[]): readonly string[] {
  const named = words.filter((word) => !KEYWORDS.has(word.toLowerCase()));
  const left = named.length > 0 ? named : words;
  const lower = left.map((word) => word.toLowerCase());
  return left.filter((_, i) =>
    lower.every((other, j) => i === j || !other.includes(lower[i]!) || (other === lower[i] && i < j)),
  );
}
