import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import type { ParsedRequest, ScriptedReply } from "../../src/simulator/model/contract.ts";
import { startScriptedServer } from "../../src/simulator/model/start-scripted-server.ts";
import { doctorCommand } from "../../src/cli/commands/doctor.ts";
import type { CommandIo } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";

interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** A process of its own for the command: what it printed, and how it ended. */
function process(cwd: string, env: Readonly<Record<string, string>>) {
  const said = { out: [] as string[], err: [] as string[] };
  const io: CommandIo = {
    cwd,
    env,
    signal: new AbortController().signal,
    out: (text) => void said.out.push(text),
    err: (text) => void said.err.push(text),
    isTerminal: false,
    stdin: () => Promise.resolve(""),
  };
  const ended = (exit: number): Ran => ({ exit, out: said.out.join("\n"), err: said.err.join("\n") });
  return { io, ended };
}

async function doctor(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd = "/",
): Promise<Ran> {
  const { io, ended } = process(cwd, env);
  return ended(await runCli(["doctor", ...args], io));
}

/** Does what the examination asks for. */
function able({ messages, tools, answers, schema }: ParsedRequest): ScriptedReply {
  const asked = messages.map(({ text }) => text).join("\n");
  if (answers.length > 0) return { text: "7319" };
  if (tools.length > 0) return { calls: [{ name: "look_up", arguments: { colour: "amber", page: 2 } }] };
  if (schema !== undefined || asked.includes("JSON Schema"))
    return { text: '{"holds":false,"count":3,"why":"there are three"}' };
  return { text: asked.includes("code word") ? "QUARTZ-58213" : "Ready." };
}

const modelAt = (url: string, more: Readonly<Record<string, string>> = {}) => ({
  CASEBOOK_MODEL_URL: url,
  CASEBOOK_MODEL: "large",
  CASEBOOK_MODEL_PRICE: "3/15",
  CASEBOOK_MODEL_KEY: "sk-hunter2-hunter2",
  ...more,
});

describe("casebook doctor", () => {
  test("explains what works without a model, and how to configure one", async () => {
    const { exit, out } = await doctor([], { OPENAI_API_KEY: "sk-not-ours" });
    expect(exit).toBe(0);
    expect(out).toContain("comprehension, root-cause and impact-map");
    expect(out).toContain("CASEBOOK_MODEL_URL");
  });

  test("reports that an able model serves every phase, and prints no key", async () => {
    await using server = await startScriptedServer({ reply: able });
    const { exit, out, err } = await doctor([], modelAt(server.url));
    expect(err).toContain("large: the examination costs at most $0.");
    expect(out).toMatch(/^tool calls +ok /m);
    expect(out).toMatch(/^context +ok +\S+ tokens were read to the beginning/m);
    expect(out).toMatch(/^judge +large$/m);
    expect(exit).toBe(0);
    expect(out + err).not.toContain("hunter2");
  });

  test("exits with 1 when no model can serve a phase, and names the reason", async () => {
    await using server = await startScriptedServer({
      reply: (request) => {
        if (request.tools.length > 0) return { text: "I would look it up." };
        return able(request);
      },
    });
    const { exit, out } = await doctor([], modelAt(server.url));
    expect(out).toMatch(/^tool calls +no +it called no tool$/m);
    expect(out).toMatch(/^root-cause +no model +large: it does not call tools$/m);
    expect(out).toMatch(/^judge +large$/m);
    expect(exit).toBe(1);
  });

  test("examines each model of a file, or the named one, and combines them", async () => {
    await using good = await startScriptedServer({ reply: able });
    await using refusing = await startScriptedServer({
      reply: () => ({ fault: { kind: "status", status: 401, body: { error: { message: "wrong key" } } } }),
    });
    using folder = temporaryFolder();
    const file = join(folder.path, "models.yml");
    writeFileSync(
      file,
      `models:
  - { name: away, url: ${refusing.url}, price: { input: 1, output: 1 } }
  - { name: here, url: ${good.url}, price: { input: 0, output: 0 }, tools: text }
phases: { default: [away, here], judge: [away] }
`,
    );
    writeFileSync(join(folder.path, "my.env"), `CASEBOOK_MODELS=${file}\n`);
    const both = await doctor(["--json", "--env", "my.env"], {}, folder.path);
    const { models, phases } = JSON.parse(both.out) as {
      models: { name: string; capacity: { calls: string } }[];
      phases: { phase: string; ok: boolean; models: { name: string; why: string[] }[] }[];
    };
    expect(models.map(({ name, capacity }) => [name, capacity.calls])).toEqual([
      ["away", "none"],
      ["here", "text"],
    ]);
    expect(phases.filter(({ ok }) => !ok)).toEqual([
      { phase: "judge", ok: false, models: [{ name: "away", why: ["it does not answer"] }] },
    ]);
    expect(both.exit).toBe(1);

    const one = await doctor(["--model", "here"], { CASEBOOK_MODELS: file });
    expect(one.out).toMatch(/^tool calls +- +not tried/m);
    expect(one.out).not.toContain("judge ");
    expect(one.exit).toBe(0);
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>, RegExp]>([
    [
      "wrong settings",
      [],
      { CASEBOOK_MODEL: "large" },
      /CASEBOOK_MODEL_URL: it is missing.*CASEBOOK_MODEL_PRICE: /,
    ],
    [
      "a missing model file",
      [],
      { CASEBOOK_MODELS: "/nowhere" },
      /CASEBOOK_MODELS: the file cannot be read \(ENOENT\)/,
    ],
    [
      "an unknown model",
      ["--model", "x"],
      modelAt("http://127.0.0.1:9"),
      /There is no model x; the models are large/,
    ],
    ["a model without any configured", ["--model", "x"], {}, /No model is configured/],
    ["a missing settings file", ["--env", "none.env"], {}, /cannot read the file of --env \(ENOENT\)/],
    ["a wrong amount", ["--budget", "much"], {}, /US dollars/],
  ])("%s: exit code 2", async (_, args, env, words) => {
    const { exit, err } = await doctor(args, env);
    expect(err).toMatch(words);
    expect(exit).toBe(2);
  });

  test("lists facts about the machine", async () => {
    const { io, ended } = process("/", {});
    const row = { name: "sandbox", ok: false, detail: "bubblewrap is missing" };
    const { exit, out } = ended(await doctorCommand({}, io, async () => [row]));
    expect(out).toMatch(/^sandbox +no +bubblewrap is missing$/m);
    expect(exit).toBe(0);
  });

  test("tries the sandbox and git of this machine without a model too", async () => {
    const { exit, out } = await doctor([], {});
    expect(out).toMatch(/^sandbox +(?:ok +bubblewrap \d|no +no code is run: )/m);
    expect(out).toMatch(/^reader +(?:ok +what reads repositories|no +what reads repositories)/m);
    expect(out).toMatch(/^git +ok +\d+\.\d+/m);
    expect(exit).toBe(0);
    const off = await doctor(["--json"], { CASEBOOK_SANDBOX: "off" });
    expect(JSON.parse(off.out)).toMatchObject({
      machine: [
        { name: "sandbox", ok: false, detail: "no code is run: CASEBOOK_SANDBOX is off" },
        { name: "reader" },
        { name: "git", ok: true },
      ],
    });
    expect(await doctor([], { CASEBOOK_SANDBOX: "sometimes" })).toMatchObject({ exit: 2 });
  });
});
