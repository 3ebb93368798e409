let globals;

/** The functions of the test file that runs now. */
export function setGlobals(current) {
  globals = current;
}

/** A helper module outlives the file that loads it first, so it calls the functions of the file that runs. */
const current = (name) =>
  new Proxy(() => undefined, {
    apply: (_, self, args) => Reflect.apply(globals[name], self, args),
    get: (_, key) => globals[name][key],
  });

export const [afterAll, afterEach, beforeAll, beforeEach, describe, expect, test] = [
  "afterAll",
  "afterEach",
  "beforeAll",
  "beforeEach",
  "describe",
  "expect",
  "test",
].map(current);
