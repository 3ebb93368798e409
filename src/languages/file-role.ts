/** What a file is for, told from its path alone. Only `source` is ranked; the others lead to it or describe it. */
export type FileRole =
  /** Code that a fix may change. */
  | "source"
  /** Tests, their helpers and fixtures. */
  | "test"
  /** Text for people: Markdown, reStructuredText, man pages, changelogs. */
  | "docs"
  /** Settings, manifests, build and CI files. */
  | "config"
  /** Made by a program: minified, bundled, generated parsers, lock files. */
  | "generated"
  /** Somebody else's code kept here. */
  | "vendored"
  /** Examples, benchmarks, scripts for maintainers. */
  | "auxiliary"
  /** Anything else: pictures, data. */
  | "other";
