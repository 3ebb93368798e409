/**
 * The one question in GraphQL that is answered: `createCommitOnBranch` with its input in a variable. Everything else is
 * refused, so that a query which GitHub would take and the simulated GitHub would not understand never passes for well.
 */
const MUTATION = "createCommitOnBranch";
const INPUT = "CreateCommitOnBranchInput";
const MAX_QUERY = 20_000;
const MAX_NAME = 60;

/** Members that are answered, by the payload's type in GitHub's schema. `true`: a value without members. */
interface Selection {
  readonly [member: string]: true | Selection;
}

export const ANSWERED: Selection = {
  clientMutationId: true,
  commit: { oid: true, url: true },
  ref: { name: true, target: { oid: true } },
};

/** The mutation's input as JSON Schema: the members of GitHub's schema that the simulated GitHub reads. */
export const INPUT_SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["branch", "expectedHeadOid", "message", "fileChanges"],
  properties: {
    clientMutationId: { type: ["string", "null"] },
    branch: {
      type: "object",
      additionalProperties: false,
      required: ["repositoryNameWithOwner", "branchName"],
      properties: { repositoryNameWithOwner: { type: "string" }, branchName: { type: "string" } },
    },
    expectedHeadOid: { type: "string", pattern: "^[0-9a-f]{40}$" },
    message: {
      type: "object",
      additionalProperties: false,
      required: ["headline"],
      properties: { headline: { type: "string" }, body: { type: ["string", "null"] } },
    },
    fileChanges: {
      type: "object",
      additionalProperties: false,
      properties: {
        additions: {
          type: "array",
          items: {
            type: "object",
            additionalProperties: false,
            required: ["path", "contents"],
            properties: { path: { type: "string" }, contents: { type: "string" } },
          },
        },
        deletions: {
          type: "array",
          items: {
            type: "object",
            additionalProperties: false,
            required: ["path"],
            properties: { path: { type: "string" } },
          },
        },
      },
    },
  },
} as const;

/** What is wrong with a query, in a sentence; none when it is the mutation and selects only what is answered. */
export function checkGraphql(query: string): readonly string[] {
  if (query.length > MAX_QUERY) return [`the query is longer than ${MAX_QUERY} characters`];
  const words = wordsOf(query);
  if (typeof words === "string") return [words];
  const reader = new Reader(words);
  try {
    readDocument(reader);
    return [];
  } catch (error) {
    if (error instanceof Unanswered) return [error.message];
    throw error;
  }
}

/** A query that is not answered. */
class Unanswered extends Error {}

class Reader {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  get next(): string {
    return this.#words[this.#at] ?? "";
  }

  take(): string {
    const word = this.next;
    this.#at++;
    return word;
  }

  expect(...words: readonly string[]): void {
    for (const word of words) {
      const found = this.take();
      if (found !== word) throw new Unanswered(`expected "${word}", found ${shown(found)}`);
    }
  }

  name(): string {
    const word = this.take();
    if (!isName(word)) throw new Unanswered(`expected a name, found ${shown(word)}`);
    return word;
  }
}

function readDocument(reader: Reader): void {
  reader.expect("mutation");
  if (isName(reader.next)) reader.take();
  reader.expect("(", "$");
  const variable = reader.name();
  reader.expect(":", INPUT, "!", ")", "{", MUTATION, "(", "input", ":", "$", variable, ")");
  readSelection(reader, ANSWERED);
  reader.expect("}", "");
}

/** As deep as `answered`, whatever the query holds. */
function readSelection(reader: Reader, answered: Selection): void {
  reader.expect("{");
  do {
    const member = reader.name();
    const inside = Object.hasOwn(answered, member) ? answered[member] : undefined;
    if (inside === undefined) throw new Unanswered(`"${member.slice(0, MAX_NAME)}" is not answered`);
    if (inside !== true) readSelection(reader, inside);
  } while (reader.next !== "}");
  reader.expect("}");
}

/** Names and punctuation of a query, comments and commas left out; a sentence when it holds anything else. */
function wordsOf(query: string): readonly string[] | string {
  const words: string[] = [];
  const word = /([A-Za-z_][A-Za-z0-9_]*)|([!$():={}[\]@|&])|#[^\r\n]*|[\s,\uFEFF]/y;
  while (word.lastIndex < query.length) {
    const at = word.lastIndex;
    const match = word.exec(query);
    if (match === null) return `${shown(query.slice(at, at + 1))} is not answered`;
    const found = match[1] ?? match[2];
    if (found !== undefined) words.push(found);
  }
  return words;
}

function isName(word: string): boolean {
  return /^[A-Za-z_]/.test(word);
}

function shown(word: string): string {
  return word === "" ? "the end" : JSON.stringify(word.slice(0, MAX_NAME));
}
