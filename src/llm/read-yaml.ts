import { isMap, isScalar, LineCounter, parseDocument, visit, type YAMLMap } from "yaml";

/** A mistake, named by its place and never by what stands there: a secret may have been put into the wrong line. */
export interface SettingsProblem {
  /** `line 4`, or the name of a variable. */
  readonly where: string;
  readonly message: string;
}

export interface YamlSettings {
  readonly value: unknown;
  readonly problems: readonly SettingsProblem[];
  lineOf(path: readonly PropertyKey[]): string;
}

const MAX_CHARACTERS = 262_144;

/** Reads a file of settings as plain data: no aliases, no key twice, keys and values at the top. */
export function readYaml(text: string): YamlSettings {
  const lines = new LineCounter();
  const at = (offset: number | undefined): string => `line ${lines.linePos(offset ?? 0).line}`;
  const failed = (...problems: readonly SettingsProblem[]): YamlSettings => ({
    value: undefined,
    problems,
    lineOf: () => "line 1",
  });
  if (text.length > MAX_CHARACTERS)
    return failed({
      where: "line 1",
      message: `at most ${MAX_CHARACTERS} characters are expected; there are ${text.length}`,
    });
  const document = parseDocument(text, {
    lineCounter: lines,
    schema: "core",
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
  });
  const problems: SettingsProblem[] = document.errors.map(({ pos, code }) => ({
    where: at(pos[0]),
    // The library's own words can quote the file.
    message: `YAML is expected (${code.toLowerCase().replaceAll("_", " ")})`,
  }));
  visit(document, {
    Alias: (_, { range }) =>
      void problems.push({ where: at(range?.[0]), message: "an alias is not expected" }),
    Map(_, { items, range }) {
      const seen = new Set<string>();
      for (const { key } of items) {
        const place = at((isScalar(key) ? key.range : range)?.[0]);
        if (!isScalar(key)) problems.push({ where: place, message: "keys are expected to be words" });
        else if (seen.has(String(key.value)))
          problems.push({ where: place, message: "each key is expected once" });
        else seen.add(String(key.value));
      }
    },
  });
  if (problems.length > 0) return failed(...problems);
  const { contents } = document;
  if (!isMap(contents))
    return failed({ where: "line 1", message: "keys and values are expected, such as `models:`" });
  return {
    value: document.toJS({ maxAliasCount: 0 }),
    problems,
    lineOf: (path) => at(offsetOf(contents, path)),
  };
}

/** Of the deepest part of a path that the file has. */
function offsetOf(root: YAMLMap, path: readonly PropertyKey[]): number {
  let offset = root.range?.[0] ?? 0;
  let node: unknown = root;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (pair === undefined) break;
      offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = pair.value;
    } else {
      const { items } = (node ?? {}) as { items?: readonly { range?: readonly number[] | null }[] };
      const item = items?.[Number(part)];
      if (item === undefined) break;
      offset = item.range?.[0] ?? offset;
      node = item;
    }
  }
  return offset;
}
