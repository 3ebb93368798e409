import { expect, test } from "@jest/globals";
import { PHASES } from "../../src/phases/catalogue.ts";
import { phaseSpec } from "../../src/phases/phase-spec.ts";
import { refuseActing, refuseActingSpec } from "../../src/phases/refuse-acting.ts";

const IMAGE = "![x](https://evil.example/x.png)";
const phase = PHASES[0]!;
const spec = phaseSpec({ issueKey: "42", issueTitle: `a ${IMAGE} @octocat`, phase, present: PHASES });

test("a document that would act is named with its line and not published", () => {
  expect(() => refuseActing("a.md", "a\n\n`![x](y)`\n")).not.toThrow();
  expect(() => refuseActing("a.md", `a\n\n${IMAGE}\n`)).toThrow(
    "a.md is not published: line 3 would show an image",
  );
});

test("a new spec shows the issue's title and nothing of it acts", () => {
  expect(() => refuseActingSpec("s.md", spec, "", phase)).not.toThrow();
  expect(() => refuseActingSpec("s.md", `${spec}\n${IMAGE}\n`, "", phase)).toThrow("would show an image");
  expect(() => refuseActingSpec("s.md", `${spec}\n/lgtm\n`, "", phase)).toThrow("would give a command");
});

test("what a person wrote into a spec, and what the repository's phase says, stays", () => {
  const edited = `${spec}\n${IMAGE}\n`;
  expect(() => refuseActingSpec("s.md", `${edited}\nb\n`, edited, phase)).not.toThrow();
  expect(() => refuseActingSpec("s.md", `${edited}\n${IMAGE}\n`, edited, phase)).toThrow("show an image");
  const own = { ...phase, task: `See ${IMAGE}` };
  expect(() => refuseActingSpec("s.md", edited, "", own)).not.toThrow();
});
