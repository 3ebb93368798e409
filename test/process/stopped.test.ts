import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { startSource } from "../fakes/doomed-process.ts";

const start = JSON.stringify(join(import.meta.dirname, "../../src/cli/start.ts"));

describe("a process that is asked to end", () => {
  test.each([
    ["ends its command, and something still hangs", "return 0;"],
    ["waits for something without end", "await new Promise(() => undefined);"],
  ])("ends, although it %s", async (_, end) => {
    const running = startSource(
      `import { once } from "node:events";
       import { spawn } from "node:child_process";
       import { start } from ${start};
       process.argv.push("run", "simulate");
       await start({ async simulate(_options, { signal }) {
         spawn("sleep", ["30"], { stdio: ["ignore", "pipe", "ignore"] }).stdout.resume();
         process.stdout.write("ready\\n");
         await once(signal, "abort");
         ${end}
       } });`,
    );
    await once(running.stdout!, "data");
    running.kill("SIGTERM");
    const [code, signal] = (await once(running, "exit")) as [number | null, string | null];
    expect([code === 0 || code === 130, signal]).toEqual([true, null]);
  });
});
