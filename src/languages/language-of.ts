import type { Language } from "./syntax.ts";

const BY_EXTENSION: Readonly<Record<string, Language>> = {
  py: "python",
  pyi: "python",
  pyw: "python",
  ts: "typescript",
  mts: "typescript",
  cts: "typescript",
  tsx: "tsx",
  js: "javascript",
  mjs: "javascript",
  cjs: "javascript",
  jsx: "javascript",
  java: "java",
  kt: "kotlin",
  kts: "kotlin",
  go: "go",
  rs: "rust",
  c: "c",
  // The C++ grammar reads C headers; the C grammar does not read C++ ones.
  h: "cpp",
  cc: "cpp",
  cpp: "cpp",
  cxx: "cpp",
  "c++": "cpp",
  hh: "cpp",
  hpp: "cpp",
  hxx: "cpp",
  "h++": "cpp",
  inl: "cpp",
  ipp: "cpp",
  tpp: "cpp",
  cs: "csharp",
  rb: "ruby",
  rake: "ruby",
  gemspec: "ruby",
  ru: "ruby",
  php: "php",
  phtml: "php",
};

const BY_NAME: Readonly<Record<string, Language>> = {
  rakefile: "ruby",
  gemfile: "ruby",
  guardfile: "ruby",
  vagrantfile: "ruby",
  podfile: "ruby",
  fastfile: "ruby",
};

/** The language of a file by its name (any case), undefined when there is no grammar for it. */
export function languageOf(path: string): Language | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const dot = name.lastIndexOf(".");
  const table = dot > 0 ? BY_EXTENSION : BY_NAME;
  const key = dot > 0 ? name.slice(dot + 1) : name;
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
