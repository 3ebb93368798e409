import { z } from "zod";
import type { TestReport, TestResult } from "../test-report.ts";
import { pathInRepository, placeOf, shorten, V8_FRAME } from "./place-of.ts";

const schema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/** Reads what Jest writes with `--json`, and Vitest in the same form. `hook`: what a stack holds when a hook failed. */
export function readJestJson(text: string | undefined, folder: string, hook: RegExp): TestReport {
  if (text === undefined) return { kind: "none", why: "the runner left no report" };
  const parsed = schema.safeParse(fromJson(text));
  if (!parsed.success) return { kind: "none", why: "the runner's report is not of the known form" };
  const tests = parsed.data.testResults.flatMap(
    ({ name, status, message, assertionResults }): TestResult[] => {
      const file = pathInRepository(name, folder);
      if (status === "failed" && assertionResults.length === 0)
        return [{ name: file ?? name, file, outcome: "error", message: shorten(message) }];
      return assertionResults.map((test) => ({
        name: test.fullName,
        file,
        ...endOf(test.status, test.failureMessages?.[0] ?? "", folder, hook),
      }));
    },
  );
  return { kind: "report", tests };
}

function endOf(
  status: string,
  text: string,
  folder: string,
  hook: RegExp,
): Omit<TestResult, "name" | "file"> {
  if (status === "passed") return { outcome: "passed" };
  if (status !== "failed") return { outcome: "skipped" };
  return {
    outcome: hook.test(text) ? "error" : "failed",
    ...errorOf(text),
    at: placeOf(text, V8_FRAME, folder),
  };
}

/** Class and message of an error as V8 prints it, without the stack. */
export function errorOf(text: string): Pick<TestResult, "type" | "message"> {
  const stack = text.search(/^[ \t]+at /m);
  const head = stack < 0 ? text : text.slice(0, stack);
  const named = /^([A-Za-z_$][\w$.]*)(?: \[\w+\])?(?::\s*|\s*$)/.exec(head);
  return named === null
    ? { type: undefined, message: shorten(head) }
    : { type: named[1], message: shorten(head.slice(named[0].length)) };
}

export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
