import type { Family } from "./mask-text.ts";
import { maskText } from "./mask-text.ts";
import type { StatementLines } from "../../languages/statement-lines.ts";
import { around, ownText, type Statement, statementAt, statementsOf } from "./statements.ts";

/** Words of the languages and of test libraries, and functions that only work on what they are given. */
const KNOWN = new Set(
  `and or not in is if else elif for while with as assert async await def class return lambda try except finally raise from
   import pass None True False self cls super global nonlocal yield del match case
   const let var function new this null undefined true false NaN Infinity typeof instanceof of void delete throw catch
   switch default do export static extends nil end then begin rescue ensure unless until module require begin fn pub mut
   use struct impl func package type interface go defer chan map range make string int bool float64 error err byte rune
   public private protected final int long double boolean String Object Integer Long Boolean
   len str int float bool list dict set tuple sorted sum min max abs any all range repr print isinstance issubclass type
   enumerate zip map filter reversed round ord chr hex bytes bytearray frozenset iter next object hash id format vars
   Number Boolean Math JSON Array Object Symbol BigInt parseInt parseFloat isNaN Map Set Promise Date console
   length size includes indexOf toString valueOf keys values entries join split strip upper lower append push pop
   time sleep random os sys math datetime json re uuid tempfile pathlib Path threading Thread subprocess itertools
   process performance Buffer setTimeout
   unittest TestCase pytest expect assert should describe it test context before after beforeEach afterEach done
   t tt tc testing vec println eprintln format Some None Ok Err unwrap Result Option
   Assert Assertions PHPUnit
   std vector array deque pair tuple optional unique_ptr shared_ptr nullptr auto size_t int8_t int16_t int32_t int64_t uint8_t
   uint16_t uint32_t uint64_t string_view move cout cerr endl testing TEST TEST_F TEST_P
   Arrays List Collections Objects Optional Stream StringBuilder System Instant Duration LocalDate Thread Exception
   RuntimeException IllegalArgumentException IllegalStateException asList of equals hashCode getClass length
   require errors fmt strings reflect`.split(/\s+/),
);

/** How a test fails on purpose, wherever it stands. */
const FAILS_ALWAYS =
  /^(raise|throw)\b|\b(?:FAIL|ADD_FAILURE(?:_AT)?|GTEST_FAIL)\s*\(|\b(self|pytest|assert|expect|chai|t|Assert|Assertions|this|vi)\s*(\.|->|::)\s*(fail|unreachable|Fail|fails|skip)\s*\(|(^|[^.\w$>])(fail|flunk|unreachable!?|panic!?|todo!?|unimplemented!?)\s*[(\s]/;
const THROWS = /[{;):]\s*(throw|raise)\b|\belse\s+throw\b/;
const GO_FAILS = /\bt\w*\s*\.\s*(Fatal|Fatalf|Error|Errorf|Fail|FailNow)\s*\(/;

/** Calls that assert, and how many of their arguments are what they look at; the rest is a message. */
const ASSERTIONS: readonly { readonly pattern: RegExp; readonly looksAt: number }[] = [
  { pattern: /\bself\s*\.\s*assert(True|False|IsNone|IsNotNone)\s*\(/g, looksAt: 1 },
  { pattern: /\bself\s*\.\s*assert\w+\s*\(/g, looksAt: 2 },
  {
    pattern:
      /(?<![.\w$])(assert|should)\s*(\.\s*(ok|isTrue|isFalse|isOk|isNull|isDefined|exists|ifError|isNotNull))?\s*\(/g,
    looksAt: 1,
  },
  { pattern: /(?<![\w$])assert\w*\s*(\.\s*\w+)+\s*\(/g, looksAt: 2 },
  { pattern: /(?<![\w$.])expect\s*(\.\s*soft)?\s*\(/g, looksAt: 1 },
  { pattern: /\bt\s*\.\s*assert\s*\.\s*\w+\s*\(/g, looksAt: 2 },
  { pattern: /(?<![\w$.])assert\w*!\s*[([]/g, looksAt: 2 },
  { pattern: /\b(EXPECT|ASSERT)_(TRUE|FALSE|THROW|ANY_THROW|NO_THROW|DEATH)\s*\(/g, looksAt: 1 },
  { pattern: /\b(EXPECT|ASSERT)_[A-Z]\w*\s*\(/g, looksAt: 2 },
  {
    pattern: /(?<![\w$])(assert[A-Z_]\w*|Assert\s*\.\s*\w+|\$this\s*->\s*assert\w+|refute\w*)\s*\(/g,
    looksAt: 2,
  },
];

/** `t.throws(f)` and `t.is(a, b)` of tap and AVA; what is no assertion of theirs is left out. */
const OF_THE_TEST: typeof ASSERTIONS = [
  { pattern: /(?<![\w$.])t\s*\.\s*(?:throws|notThrows|rejects|resolves|doesNotThrow)\w*\s*\(/g, looksAt: 1 },
  {
    pattern:
      /(?<![\w$.])t\s*\.\s*(?!(?:plan|end|comment|pass|fail|test|skip|todo|log|diagnostic|before|after|teardown|timeout|try|throws|notThrows|rejects|resolves|doesNotThrow|bailout|only)\w*\s*\()\w+\s*\(/g,
    looksAt: 2,
  },
];

/** Testify takes the test first, and a message last; `assert.New(t).Equal` only the message. */
const TESTIFY: typeof ASSERTIONS = [
  {
    pattern:
      /(?<![\w$])(?:assert|require)\s*\.\s*(?:True|False|Nil|NotNil|NoError|Error|Empty|NotEmpty|Zero|NotZero|Panics|NotPanics)f?\s*\(/g,
    looksAt: 2,
  },
  { pattern: /(?<![\w$])(?:assert|require)\s*\.\s*(?!New\b)\w+\s*\(/g, looksAt: 3 },
];

/** What the static look needs to know besides the text. */
export interface Origin {
  /** Names in the test that stand for code of the repository; undefined: nobody looked. */
  readonly names: readonly string[] | undefined;
  /** Its statements, by the syntax tree. */
  readonly lines: readonly StatementLines[];
}

/**
 * Tells of a line on which a test failed whether that failure says anything about the repository: one sentence, or
 * undefined. Follows names from what the test got of the repository through assignments, calls and functions, without
 * regard to order: it lets a clever lie through, and stops those that a model writes when it has nothing to show.
 */
export function vacuity(
  text: string,
  family: Family,
  { names, lines }: Origin,
): (line: number) => string | undefined {
  const { code } = maskText(text, family);
  const statements = statementsOf(code, lines);
  const constants = constantsOf(statements, family);
  const traced =
    names === undefined || names.length === 0 ? undefined : traceNames(statements, names, constants, family);
  const tells = (part: string): boolean =>
    traced === undefined
      ? rootsIn(part).some((name) => !isKnown(name) && !constants.has(name))
      : identifiersIn(part).some((name) => traced.has(name));
  return (line) => {
    const statement = statementAt(statements, line);
    if (statement === undefined) return "nothing stands on the line that failed";
    const head = statement.code.trim();
    if (family === "go" && GO_FAILS.test(head)) {
      const condition = around(statements, statement).find(({ code: one }) => DECIDES.test(one));
      return condition !== undefined && tells(condition.code)
        ? undefined
        : "it fails without a condition on what the repository's code gave";
    }
    // An assertion is in the statement itself; what it looks at may be in the statements inside it.
    const own = ownText(statements, statement);
    const isAssertion = assertionsIn(own, family, statement.block).length > 0;
    const whole = isAssertion ? `${statement.code}\n${statement.block}` : own;
    const asserted = isAssertion ? assertionsIn(whole, family, statement.block) : [];
    if (asserted.length === 0) {
      if (FAILS_ALWAYS.test(head) || THROWS.test(head))
        return "the test fails by its own word (`raise`, `throw`, `fail`), not by an assertion on a value";
      return tells(whole) ? undefined : "the line that failed has nothing of the repository's code";
    }
    if (asserted.some(tells)) return undefined;
    return "the assertion looks at nothing that the repository's code gave";
  };
}

/** What decides whether the statements inside it run. */
const DECIDES = /^\s*(?:\}?\s*else\s+)?(?:if|for|switch|select)\b/;
const LONGEST_STATEMENT = 20_000;
const MOST_ASSERTIONS = 100;

/** What each assertion in a statement looks at. `block`: what is in the statements inside it. */
function assertionsIn(code: string, family: Family, block: string): readonly string[] {
  if (family === "python") {
    const plain = /^\s*assert\b(?!\s*\.)/.exec(code);
    if (plain !== null) return [argumentsOf(code.slice(plain[0].length), ",", 1)[0] ?? ""];
    if (EXPECTS_OF_BLOCK.test(code.slice(0, LONGEST_STATEMENT))) return [block];
  }
  const found: string[] = [];
  const taken = new Set<number>();
  // A statement with more is no assertion but a text made to be slow.
  code = code.slice(0, LONGEST_STATEMENT);
  const known =
    family === "go" ? TESTIFY : family === "javascript" ? [...ASSERTIONS, ...OF_THE_TEST] : ASSERTIONS;
  for (const { pattern, looksAt } of known)
    for (const match of code.matchAll(pattern)) {
      if (taken.has(match.index) || taken.size >= MOST_ASSERTIONS) continue;
      taken.add(match.index);
      const args = argumentsOf(code.slice(match.index + match[0].length), ")]", looksAt);
      found.push(args.join("\n"));
    }
  return found;
}

/** The block is what it looks at. */
const EXPECTS_OF_BLOCK =
  /^\s*(?:async\s+)?with\b(?:(?!:\s*$).)*?\b(?:assert(?:Raises|Warns|Logs|NoLogs)\w*|raises|warns)\b/s;

/** The first arguments of a list, up to what closes it. */
function argumentsOf(text: string, close: string, most: number): readonly string[] {
  const args: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    const c = text[at] ?? close[0]!;
    if ("([{".includes(c)) depth++;
    else if (depth > 0 && ")]}".includes(c)) depth--;
    else if (depth === 0 && (c === "," || close.includes(c))) {
      args.push(text.slice(from, at));
      from = at + 1;
      if (c !== "," || close === "," || args.length === most) break;
    }
  }
  return args.slice(0, most);
}

const SCALAR = /^\s*(-?[\d.][\w.]*|"\s*"|True|False|None|true|false|null|undefined|nil|NaN)\s*;?\s*$/;
const ASSIGNED =
  /^\s*(?:(?:const|let|var|final|val|int|string|bool|auto)\s+)?(?:self\s*\.\s*|this\s*\.\s*)?([A-Za-z_$][\w$]*)\s*(?::\s*[\w.[\]]+\s*)?(?::?=)(?!=|>)(.*)$/s;

/** Names that are only ever given a number, a text or a truth. */
function constantsOf(statements: readonly Statement[], family: Family): ReadonlySet<string> {
  const scalar = new Set<string>();
  const other = new Set<string>();
  for (const { code } of statements) {
    const [, name, value] = ASSIGNED.exec(code) ?? [];
    if (name !== undefined) (SCALAR.test(value!) ? scalar : other).add(name);
    const target = /^\s*for\s+(?:\(?\s*(?:const|let|var)?\s*)?([\w\s,$]+?)\s+(?:in|of)\b/.exec(
      code.slice(0, 1_000),
    )?.[1];
    for (const name of identifiersIn(`${target ?? ""} ${augmented(code, family)}`)) other.add(name);
  }
  for (const name of other) scalar.delete(name);
  return scalar;
}

/** `n += 1` changes a name, and so does `n++`. */
function augmented(code: string, family: Family): string {
  const operator =
    family === "python"
      ? /(?<!\w)([A-Za-z_]\w*)\s*(?:[+\-*/|&^%]|\/\/|\*\*)=/g
      : /(?<![\w$])([A-Za-z_$][\w$]*)\s*(?:\+\+|--|[+\-*/|&^%]=)/g;
  return [...code.matchAll(operator)].map((match) => match[1]).join(" ");
}

/** Everything in the test that may hold something that came from the repository. */
function traceNames(
  statements: readonly Statement[],
  names: readonly string[],
  constants: ReadonlySet<string>,
  family: Family,
): ReadonlySet<string> {
  const traced = new Set(names);
  const units = statements.map(({ code, block }) => {
    const isFunction = /\b(def|function|fn|func)\b|=>\s*\{?\s*$/.test(code);
    const defines = isFunction || /^\s*(export\s+)?class\b/.test(code);
    const decides = !isFunction && /^\s*(\}?\s*)(if|elif|else|while|for|switch|match|try|with)\b/.test(code);
    return {
      // A test's own name says nothing, and its body is looked at by its statements.
      inside: identifiersIn(isFunction ? `${code}\n${block}` : code),
      gives: [
        ...identifiersIn(defines ? definedBy(code) : code),
        ...(decides ? assignedIn(block, family) : []),
      ],
      imports:
        family === "python"
          ? /^\s*(import|from)\b/.test(code)
          : /^\s*(import|use)\b|\brequire\s*\(/.test(code),
    };
  });
  for (let round = 0, size = 0; round < 30 && size !== traced.size; round++) {
    size = traced.size;
    for (const { inside, gives, imports } of units) {
      if (imports || !inside.some((name) => traced.has(name))) continue;
      for (const name of gives) if (!isKnown(name) && !constants.has(name)) traced.add(name);
    }
  }
  return traced;
}

/** What a block changes when a condition lets it. */
function assignedIn(block: string, family: Family): readonly string[] {
  return block
    .split("\n")
    .flatMap((line) => [ASSIGNED.exec(line)?.[1] ?? "", ...augmented(line, family).split(" ")])
    .filter((name) => name !== "");
}

/** `def work(out):` gives `work`, `const work = async () => {` too; callbacks of `test("…", () => {` give nothing. */
function definedBy(code: string): string {
  return (
    /\b(?:def|function|fn|func|class)\s+([A-Za-z_$][\w$]*)/.exec(code)?.[1] ??
    /^\s*(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*=/.exec(code)?.[1] ??
    ""
  );
}

function identifiersIn(code: string): readonly string[] {
  return code.match(/[A-Za-z_$][\w$]*/g) ?? [];
}

/** Identifiers that begin an expression: `a` of `a.b(c)` and `c`; of `self.b`, `b`. Names of an object's fields are none. */
function rootsIn(code: string): readonly string[] {
  const plain = code
    .replaceAll(/\b(self|this|cls)\s*\.\s*/g, "")
    .replaceAll(/([{,]\s*)[A-Za-z_$][\w$]*\s*:(?!:)/g, "$1");
  return plain.match(/(?<![\w$.])[A-Za-z_$][\w$]*/g) ?? [];
}

function isKnown(name: string): boolean {
  return KNOWN.has(name) || /^(assert|expect)/i.test(name);
}
