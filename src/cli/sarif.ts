/** What a checked file gets wrong. */
export interface SarifFile {
  /** From the root of the repository, `/` between parts. */
  readonly file: string;
  readonly problems: readonly { readonly line: number; readonly kind: string; readonly message: string }[];
}

const RULES: Readonly<Record<string, string>> = {
  lines: "A reference names lines that the commit does not have",
  excerpt: "An excerpt is not what the file holds",
  search: "A recorded search finds something else",
  commit: "A commit is not in the history, or says something else",
  quote: "The issue does not hold the quoted words",
  run: "A run did not print the quoted words",
  claim: "A claim does not hold",
  spec: "A spec has an error",
  target: "A completed spec names a file that does not exist",
};
const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** The problems of a check as a log in SARIF 2.1.0, which code scanning of GitHub and editors read. The same problems give the same text. */
export function sarifOf(files: readonly SarifFile[], version: string): string {
  const kinds = Object.keys(RULES);
  const results = files.flatMap(({ file, problems }) =>
    problems.map(({ line, kind, message }) => ({
      ruleId: kind,
      ...(kinds.includes(kind) ? { ruleIndex: kinds.indexOf(kind) } : {}),
      level: "error",
      message: { text: message },
      locations: [
        {
          physicalLocation: {
            artifactLocation: {
              uri: file.split("/").map(encodeURIComponent).join("/"),
              uriBaseId: "%SRCROOT%",
            },
            region: { startLine: Math.max(1, line) },
          },
        },
      ],
    })),
  );
  const driver = {
    name: "Casebook",
    semanticVersion: version,
    rules: kinds.map((id) => ({ id, shortDescription: { text: RULES[id]! } })),
  };
  return `${JSON.stringify({ $schema: SCHEMA, version: "2.1.0", runs: [{ tool: { driver }, columnKind: "utf16CodeUnits", results }] }, null, 2)}\n`;
}
