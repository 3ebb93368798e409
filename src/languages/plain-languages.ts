import { JVM_FILES } from "./java.ts";
import { C_TEXT, type PlainLanguage, type TextRules } from "./language.ts";
import { python } from "./python.ts";
import { ruby } from "./ruby.ts";

const DASHES: TextRules = {
  line: ["--"],
  block: [
    ["--[[", "]]"],
    ["{-", "-}"],
  ],
  quotes: `"'`,
  long: [],
  typeFirst: false,
};
const ML: TextRules = { line: [], block: [["(*", "*)"]], quotes: `"`, long: [], typeFirst: false };
const PERCENT: TextRules = { line: ["%"], block: [], quotes: `"`, long: [], typeFirst: false };
const SEMICOLON: TextRules = { ...PERCENT, line: [";"] };
const MARKUP: TextRules = { ...C_TEXT, block: [...C_TEXT.block, ["<!--", "-->"]] };
const HASH = ruby.text;

/** Languages without a grammar, by the name that code hosts know them by: their words are read, not their structure. */
export const PLAIN_LANGUAGES: Readonly<Record<string, PlainLanguage>> = {
  clojure: { endings: ["clj", "cljs", "cljc"], text: SEMICOLON },
  cython: { endings: ["pyx", "pxd"], text: python.text },
  dart: {
    endings: ["dart"],
    text: C_TEXT,
    files: {
      generated: /\.(pb|g|freezed)\.dart$/,
      manifests: ["pubspec.yaml"],
      locks: ["pubspec.lock"],
    },
  },
  erlang: { endings: ["erl", "hrl"], text: PERCENT },
  fsharp: { endings: ["fs"], text: C_TEXT },
  groovy: { endings: ["groovy"], text: C_TEXT, files: { ...JVM_FILES, tests: /\w(Tests?|Spec)\.groovy$/ } },
  haskell: { endings: ["hs"], text: DASHES, files: { tests: /\wSpec\.hs$/ } },
  jq: { endings: ["jq"], text: HASH },
  julia: { endings: ["jl"], text: HASH },
  lex: { endings: ["l"], text: C_TEXT },
  lisp: { endings: ["el", "lisp", "scm"], text: SEMICOLON },
  objectivec: { endings: ["m", "mm"], text: C_TEXT },
  ocaml: { endings: ["ml", "mli"], text: ML },
  perl: { endings: ["pl", "pm"], text: HASH },
  powershell: { endings: ["ps1"], text: HASH },
  svelte: { endings: ["svelte"], text: MARKUP },
  vue: { endings: ["vue"], text: MARKUP },
  yacc: { endings: ["y"], text: C_TEXT },
  zig: { endings: ["zig"], text: C_TEXT },
};

/** Endings of what is no program text but has comments and strings all the same. */
export const OTHER_TEXTS: Readonly<Record<string, PlainLanguage>> = {
  html: { endings: ["html"], text: MARKUP },
  json: { endings: ["json"], text: C_TEXT },
  nix: { endings: ["nix"], text: HASH, files: { locks: ["flake.lock"] } },
  sql: { endings: ["sql"], text: DASHES },
  yaml: { endings: ["yml", "yaml"], text: C_TEXT },
};
