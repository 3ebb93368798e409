import { expect, test } from "@jest/globals";
import { universalClaim } from "../../../src/agent/submission/universal-claim.ts";

test.each([
  "There are no other callers.",
  "No other instance of the pattern exists.",
  "This is the only place that writes the file.",
  "The same fault stands nowhere else.",
  "All callers pass a lock.",
  "Every use of it is guarded.",
  "The function is never called.",
  "It is not tested.",
  "No test covers it.",
  "None of the callers checks the result.",
  "The helper is unused.",
  "No existing tests cover concurrent writes.",
  "The method isn't documented.",
])("speaks of everything or nothing: %s", (words) => {
  expect(universalClaim(words)).toBeDefined();
});

test.each([
  "The method reads the file and writes it back.",
  "A second writer can come in between.",
  "It takes no lock while it reads.".replace("no lock", "the lock late"),
  "One caller passes the value on.",
  "The value is lost when two writers run at once.",
  "The option is off by default.",
])("says something about what it cites: %s", (words) => {
  expect(universalClaim(words)).toBeUndefined();
});
