import { expect, test } from "@jest/globals";
import { echoes, showsNothing } from "../../src/claims/program-prints.ts";

test.each<readonly [string, program: string, prints: string]>([
  ["a text alone", "print('the cache is stale')", "the cache is stale"],
  ["a text beside a value", "print('never over 45:', f(3) < 46)", "never over 45: True"],
  ["a text in pieces", "print('nev' + 'er', f(3))", "never 7"],
  ["pieces without a sign between them", "print('O' 'K', f(3))", "OK 7"],
  ["the name of an argument", "print(dict(confirmed=f(3)))", "{'confirmed': 7}"],
  ["the key of an object", "console.log({ linear: f(3) })", "{ linear: 7 }"],
  ["signs and single letters", "print('O(n)', f(3))", "O(n) 7"],
  ["what a branch says", "try: f('--a--b')\nexcept ValueError: print('accepted')", "accepted"],
  ["what was put in", "print(f('one two'))", "one..."],
])("%s is worded by the author of the program", (_, program, prints) => {
  expect(showsNothing(program, prints)).toBe(true);
});

test.each<readonly [string, program: string, prints: string]>([
  ["a comparison", "print(f('one two') == 'one...')", "True"],
  ["a comparison over a call with a constant", "print(f(3, reverse=True) == [])", "True"],
  ["a value", "print(f(3))", "[(1, None, None)]"],
  ["single letters", "print(f('ab'))", "['a', 'b']"],
  ["the name of an error", "try { f('--a--b') } catch (e) { console.log(e.name) }", "TypeError"],
  ["a part of a name", "print(make_default(3))", "a default of 7"],
])("%s comes from the repository", (_, program, prints) => {
  expect(showsNothing(program, prints)).toBe(false);
});

test("a command of the project may be named in what it prints, unless nothing else is", () => {
  expect(echoes("python3 -m pytest tests/test_store.py", "tests/test_store.py .. 2 passed")).toBe(false);
  expect(echoes("python3 -m pytest tests/test_store.py", "tests/test_store.py")).toBe(true);
});
