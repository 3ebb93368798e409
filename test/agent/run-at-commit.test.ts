import { expect, test } from "@jest/globals";
import { codeRunner } from "../../src/agent/code-runner.ts";
import { stateClaim } from "../../src/agent/submission/state-claim.ts";
import { handedClaim } from "../../src/agent/submission/submission.ts";
import { checkWhole } from "../../src/claims/check-claims.ts";
import { checkClaim } from "../../src/claims/claim-types.ts";
import type { ResearchDocument } from "../../src/documents/finding.ts";
import { parseRun, type RecordedRun } from "../../src/documents/recorded-run.ts";
import { renderDocument } from "../../src/documents/render-document.ts";
import { dropWrong } from "../../src/phases/builtin/drop-wrong.ts";
import { sandboxesHere } from "../../src/research/sandbox-door.ts";
import { sandboxesBefore } from "../../src/research/open-researcher.ts";
import { describeSandboxed, filesFolder } from "../sandbox/io/sandbox-here.ts";
import { openShop, SOURCE } from "./failing-shop.ts";
import { NONCE } from "./research-in.ts";

const signal = AbortSignal.timeout(600_000);
const SHOW = "from shop.cart import total\nprint(total([2, 3]) * 7)\n";
const COMMAND = ["python3", "show.py"];

describeSandboxed("a run of a model at another commit", () => {
  test("shows what that commit did, and its claim names the commit", async () => {
    await using shop = await openShop(
      { "show.py": SHOW },
      { "show.py": SHOW, "shop/cart.py": SOURCE.replace("prices[1:]", "prices") },
    );
    const { folder, repository, context } = shop;
    using data = filesFolder({});
    await using sandboxes = sandboxesHere({
      gitDir: repository.gitDir,
      data: data.path,
      settings: { toolchains: [] },
    });
    await using others = sandboxesBefore({ sandboxes, repository, base: context.baseCommit, signal });
    const runner = codeRunner({ kind: "ready", sandbox: shop.sandbox }, NONCE, others.at);
    const run = (args: object): Promise<string> => runner.tools[0]!.answer(JSON.stringify(args), signal);
    const earlier = folder.git("rev-parse", "HEAD^");

    expect(await run({ command: COMMAND })).toMatch(/\noutput:\n21\n/);
    const answer = await run({ command: COMMAND, commit: earlier.slice(0, 12) });
    expect(answer).toContain(`commit: ${earlier}\n`);
    expect(answer).toMatch(/\noutput:\n35\n/);

    // A run that continues has it from the answer.
    const again = codeRunner({ kind: "ready", sandbox: shop.sandbox }, NONCE, others.at);
    again.recall(answer);
    expect(again.run("run-2")).toEqual(runner.run("run-2"));

    const from = { source: shop.source, context, runner, trials: undefined };
    const stated = await stateClaim(
      handedClaim.parse({ type: "ran", section: "evidence", run: "run-2", quote: "35" }),
      from,
      signal,
    );
    if (typeof stated === "string") throw new Error(stated);
    const [claim] = stated.claims;
    expect(claim).toMatchObject({
      mark: "run",
      text: `\`python3 show.py\` at \`${earlier.slice(0, 7)}\` ended with \`exit 0\` and printed \`35\``,
    });
    const own = { ...context, runs: (name: string) => runner.run(name) };
    const document: ResearchDocument = {
      phase: "root-cause",
      title: "Root cause of issue 7",
      baseCommit: context.baseCommit,
      lead: [],
      sections: [
        {
          id: "evidence",
          heading: "Evidence",
          blocks: [{ kind: "claims", form: "list", items: [...stated.claims] }],
        },
      ],
    };
    const kept = await dropWrong(document, new Set(), shop.source, own);
    const text = renderDocument(kept.document);
    expect(kept.dropped).toBe(0);
    expect((await checkWhole(text, shop.source, context)).problems).toEqual([]);
    expect(text).toContain(`commit: ${earlier}`);

    // The same output at another commit, or at one that the base commit does not reach, is no such run.
    const { run: made } = claim!.data as { run: RecordedRun };
    const checked = async (commit: string | undefined): Promise<string> => {
      const { commit: _, ...rest } = made;
      const twin = commit === undefined ? rest : { ...rest, commit };
      return (await checkClaim({ ...claim!, data: { run: twin, line: "35" } }, own)).verdict;
    };
    const apart = folder.git("commit-tree", "HEAD^{tree}", "-m", "apart");
    expect(await checked(earlier)).toBe("holds");
    expect(await checked(undefined)).toBe("does not hold");
    expect(await checked(context.baseCommit)).toBe("does not hold");
    expect(await checked(apart)).toBe("does not hold");

    expect(await run({ command: COMMAND, commit: apart })).toBe(
      "Nothing was run: the commit under research does not reach it.",
    );
    expect(await run({ command: COMMAND, commit: context.baseCommit })).toMatch(/leave `commit` out\.$/);
    expect(await run({ command: COMMAND, commit: "0000000" })).toMatch(/^Nothing was run: no commit/);
  });

  test.each(["abc", "HEAD", "0".repeat(41)])("is not recorded at %s", (commit) => {
    expect(
      parseRun(`name: run-1\ncommand: ["a"]\ncommit: ${commit}\nend: exit 0\nmilliseconds: 1\noutput:\na`),
    ).toMatch(/40 hexadecimal digits/);
  });
});
