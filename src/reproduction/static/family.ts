/** How the text of a language is taken apart. */
export type Family = "python" | "javascript" | "ruby" | "go" | "rust" | "c-like";

const FAMILIES: Readonly<Record<string, Family>> = {
  python: "python",
  javascript: "javascript",
  typescript: "javascript",
  ruby: "ruby",
  go: "go",
  rust: "rust",
};

export function familyOf(language: string): Family {
  return FAMILIES[language.toLowerCase()] ?? "c-like";
}
