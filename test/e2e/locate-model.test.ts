import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { estimateTokens } from "../../src/llm/estimate-tokens.ts";
import type { ParsedRequest, ScriptedReply } from "../../src/simulator/model/contract.ts";
import { startScriptedServer } from "../../src/simulator/model/start-scripted-server.ts";
import { casebook, exampleRepository } from "../fakes/casebook.ts";

const ISSUE = join(import.meta.dirname, "../../examples/issue-42/issue.md");

interface Located {
  readonly files: readonly { readonly path: string }[];
  readonly model?: {
    readonly name?: string;
    readonly set?: number;
    readonly missing?: readonly string[];
    readonly refused?: number;
    readonly why?: string;
  };
}

/** `locate` on the example, with a model that gives this reply to every question, over real HTTP. */
async function locateWith(
  reply: ScriptedReply,
  args: readonly string[] = [],
): Promise<{ readonly out: string; readonly requests: readonly ParsedRequest[] }> {
  await using server = await startScriptedServer({ reply: () => reply });
  using repository = exampleRepository("issue-42");
  const command = ["locate", "--issue", ISSUE, "--number", "42", "--researcher", "model", "--quiet", ...args];
  const { out, exit, err } = await casebook(repository.path, command, {
    env: {
      CASEBOOK_MODEL_URL: server.url,
      CASEBOOK_MODEL: "scripted",
      CASEBOOK_MODEL_KEY: "sk-canary",
      CASEBOOK_MODEL_PRICE: "1/4",
    },
  });
  expect(err).toBe("");
  expect(exit).toBe(0);
  return { out, requests: [...server.requests] };
}

async function ownOrder(): Promise<readonly string[]> {
  using repository = exampleRepository("issue-42");
  const { out } = await casebook(repository.path, ["locate", "--issue", ISSUE, "--json"]);
  return pathsOf(JSON.parse(out) as Located);
}

const pathsOf = ({ files }: Located) => files.map(({ path }) => path);

function answering(files: readonly string[], missing: readonly string[] = []): ScriptedReply {
  return { text: JSON.stringify({ files, missing }) };
}

test("puts the files that a model names first, and the others behind in its own order", async () => {
  const own = await ownOrder();
  const [last] = own.slice(-1);
  const { out, requests } = await locateWith(answering([last!]), ["--json"]);
  const located = JSON.parse(out) as Located;
  expect(pathsOf(located)).toEqual([last, ...own.slice(0, -1)]);
  expect(located.model).toEqual({ name: "scripted", set: 1, missing: [], refused: 0 });
  expect(requests).toHaveLength(1);
});

test("asks one question of at most 6,000 tokens, with every file, its reasons and its functions", async () => {
  const own = await ownOrder();
  const { requests } = await locateWith(answering(own));
  const text = requests[0]!.messages.map((message) => message.text).join("\n");
  expect(estimateTokens(text)).toBeLessThanOrEqual(6_000);
  for (const path of own) expect(text).toContain(path);
  expect(text).toContain("   why: ");
  expect(text).toContain("Store.set");
});

test("refuses paths that are no source files, and files named twice", async () => {
  const own = await ownOrder();
  const { out } = await locateWith(
    answering([own[1]!, "src/storage/invented.py", own[1]!, "../secret", "README.md"]),
  );
  expect(out).toContain("scripted takes the first file for the one that a fix changes");
  expect(out).toContain("Casebook left out 4 other paths of its answer");
  expect(out).not.toContain("invented.py");
});

test.each<[string, ScriptedReply]>([
  ["words", { text: "The cause is in the store." }],
  ["unknown paths alone", answering(["src/invented.py"])],
  ["another form", { text: '{"files":"src/storage/store.py"}' }],
  ["a refusal", { fault: { kind: "quota" } }],
])("keeps its own order after %s, and says why", async (_, reply) => {
  const { out } = await locateWith(reply, ["--json"]);
  const located = JSON.parse(out) as Located;
  expect(pathsOf(located)).toEqual(await ownOrder());
  expect(located.model?.why).toMatch(/^[A-Z].*[^.]$/s);
  expect(located.model?.name).toBeUndefined();
});
