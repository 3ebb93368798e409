import { spawnSync } from "node:child_process";

/** A use that something other than Casebook found. */
export interface TrueUse {
  readonly path: string;
  readonly line: number;
  readonly isCall: boolean;
}

export interface TrueUses {
  readonly uses: readonly TrueUse[];
  /** Places with the name at which it cannot tell; they count neither for nor against. */
  readonly unknown: readonly { readonly path: string; readonly line: number }[];
}

/** Every use of a definition, given by the line of its name; undefined when the definition is not known to it. */
export type Oracle = (definition: {
  readonly path: string;
  readonly line: number;
  readonly name: string;
}) => TrueUses | undefined;

interface PythonDefinition {
  readonly path: string;
  readonly line: number;
  readonly name: string;
  readonly uses: readonly (readonly [path: string, line: number, isCall: boolean])[];
  readonly unknown: readonly (readonly [path: string, line: number])[];
}

/** What `python-references.py` finds. Throws Error when `python3` is missing or fails. */
export function pythonOracle(texts: ReadonlyMap<string, string>): Oracle {
  const script = new URL("./python-references.py", import.meta.url).pathname;
  const { status, stdout, stderr } = spawnSync("python3", [script], {
    encoding: "utf8",
    input: JSON.stringify(Object.fromEntries([...texts].filter(([path]) => path.endsWith(".py")))),
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`python3 ${script}: ${stderr}`);
  const known = new Map<string, TrueUses>();
  for (const { path, line, name, uses, unknown } of JSON.parse(stdout) as readonly PythonDefinition[])
    known.set(`${path}\0${line}\0${name}`, {
      uses: uses.map(([from, at, isCall]) => ({ path: from, line: at, isCall })),
      unknown: unknown.map(([from, at]) => ({ path: from, line: at })),
    });
  return ({ path, line, name }) => known.get(`${path}\0${line}\0${name}`);
}
