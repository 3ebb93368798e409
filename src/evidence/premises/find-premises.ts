import type { IssueReading } from "../../issue/issue-reading.ts";
import type { ReportVersion } from "../../issue/report/report-versions.ts";
import { fileNameOf, folderOf } from "../../languages/paths.ts";
import type { History } from "../../repository/history.ts";
import type { IndexedCodebase } from "../../repository/open-codebase.ts";
import type { Tag } from "../../repository/revisions.ts";
import { holdsWord } from "../../repository/run-search.ts";
import type { SymbolIndex } from "../references/build-symbol-index.ts";
import { isOneEdit, misspelt } from "../reported-places/file-name.ts";
import type { Reported, ReportedTag } from "../reported-places/reported-place.ts";
import { tagsOf } from "../reported-places/find-reported.ts";
import { projectVersions, tagOf } from "../reported-places/version-tag.ts";
import { parseReference, type WrittenPlace } from "../reported-places/written-reference.ts";
import type {
  LinePremise,
  MessagePremise,
  NamePremise,
  PathPremise,
  Premise,
  VersionPremise,
} from "./premise.ts";

/** What premises are looked up in, and for whom. */
export interface PremiseSources {
  readonly reading: Pick<IssueReading, "references" | "frames" | "messages" | "textBlocks" | "versions">;
  /** The versions that the report states, also those that a document does not show. */
  readonly versions: readonly Pick<ReportVersion, "subject" | "value">[];
  readonly codebase: IndexedCodebase;
  readonly history: History;
  readonly symbolIndex: () => Promise<SymbolIndex>;
  readonly reported: () => Promise<Reported>;
  /** `owner/name`; undefined where it is not known. */
  readonly repository: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const MAX_PLACES = 12;
const MAX_NAMES = 30;
/** Names and options that are looked up at a tag: git reads its whole tree for each. */
const MAX_AT_TAG = 6;

/**
 * What a report names and the repository does not have: paths, lines, versions, names, options, words of messages. Only where the
 * report cannot mean another project: a premise is missed rather than doubted without ground.
 */
export async function findPremises(sources: PremiseSources): Promise<readonly Premise[]> {
  const { reading, history, repository } = sources;
  const [tag] = await tagsOf(reading.versions, () => history.tags(), repository);
  return [
    ...(await paths(sources, tag)),
    ...(await lines(sources)),
    ...(await versions(sources)),
    ...(await names(sources, tag)),
    ...(await options(sources, tag)),
    ...(await messages(sources)),
  ];
}

function placesOf({ reading, repository }: PremiseSources): readonly WrittenPlace[] {
  return reading.references
    .flatMap((reference) => parseReference(reference) ?? [])
    .filter((one) => one.kind === "place")
    .filter(
      ({ repository: named }) => named === undefined || named.toLowerCase() === repository?.toLowerCase(),
    )
    .slice(0, MAX_PLACES);
}

async function paths(sources: PremiseSources, tag: ReportedTag | undefined): Promise<readonly PathPremise[]> {
  const { codebase, history, signal } = sources;
  const atBase = codebase.tree.entries.map(({ path }) => path);
  const atTag = tag === undefined ? [] : await history.pathsAt(tag.commit, signal);
  const known = [...atBase, ...atTag];
  const folders = new Set(known.map(folderOf));
  const found: PathPremise[] = [];
  for (const { named, path, ref } of placesOf(sources)) {
    if (ref !== undefined) {
      const commit = await history.findCommit(ref);
      // A branch moves and may have had it.
      if (commit === undefined) continue;
      const there = new Set(await history.pathsAt(commit, signal));
      if (!endsIn(path, (one) => there.has(one) || [...there].some((file) => file.startsWith(`${one}/`))))
        found.push({ kind: "path", written: named, ref: commit });
      continue;
    }
    if (known.some((one) => isSamePath(one, path))) {
      if (atBase.some((one) => isSamePath(one, path))) continue;
    } else if (!path.includes("/")) {
      const near = misspelt(path, atBase);
      if (near !== undefined) found.push({ kind: "path", written: named, near });
      continue;
    }
    const removed = path.includes("/") ? await removalOf(path, sources) : undefined;
    if (removed !== undefined) found.push({ kind: "path", written: named, removed });
    // `src/main.rs` is a file of many programs, `core/collection/x.go` one of this.
    else if (folderOf(path).includes("/") && folders.has(folderOf(path))) {
      const near = misspelt(
        fileNameOf(path),
        atBase.filter((one) => folderOf(one) === folderOf(path)),
      );
      found.push({ kind: "path", written: named, ...(near === undefined ? {} : { near }) });
    }
  }
  return found;
}

async function removalOf(
  path: string,
  { codebase, history, signal }: PremiseSources,
): Promise<PathPremise["removed"]> {
  const base = codebase.tree.commit;
  const oid = await history.removalOf(base, path, signal);
  const commit = oid === undefined ? undefined : await history.commit(base, oid);
  const parent = oid === undefined ? undefined : (await history.facts(oid))?.parents[0];
  if (oid === undefined || commit === undefined || parent === undefined) return undefined;
  const to = (await history.renames(parent, oid, signal)).get(path);
  const isThere = to !== undefined && codebase.tree.find(to) !== undefined;
  return { oid, subject: commit.subject, ...(isThere ? { to } : {}) };
}

/** One of the two ends with the other, at a folder. */
function isSamePath(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  return a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);
}

/** In a link, folders of a branch's name may be before the path. */
function endsIn(path: string, is: (path: string) => boolean): boolean {
  const parts = path.split("/").filter((part) => part !== "");
  return parts.some((_, from) => is(parts.slice(from).join("/")));
}

async function lines(sources: PremiseSources): Promise<readonly LinePremise[]> {
  const { places, frames } = await sources.reported();
  const found = new Map<string, LinePremise>();
  const asked = placesOf(sources).flatMap(({ named, lines: at }) => {
    const place = places.find((one) => one.named === named);
    return at === undefined || place === undefined || place.lines !== undefined
      ? []
      : [{ place, line: at.start }];
  });
  const inFrames = frames.flatMap((place) =>
    place.frame.line === undefined || place.lines !== undefined ? [] : [{ place, line: place.frame.line }],
  );
  for (const { place, line } of [...asked, ...inFrames]) {
    const text = await sources.history.textAt({ commit: place.commit, path: place.path });
    if (text === undefined) continue;
    const count = text.replace(/\n$/, "").split("\n").length;
    if (line > count)
      found.set(`${place.path}:${line}`, {
        kind: "line",
        path: place.path,
        line,
        ref: place.ref,
        lines: count,
      });
  }
  return [...found.values()];
}

/** Tags of versions that a repository must have before a missing one says something. */
const MIN_TAGS = 5;
const PLAIN_VERSION = /^v?(\d+(?:\.\d+){1,3})$/;
/** Files in which a project writes its own version before it is tagged. */
const STATES_VERSION =
  /^(?:package\.json|cargo\.toml|pyproject\.toml|setup\.(?:py|cfg)|pom\.xml|[\w.]*gradle(?:\.kts|\.properties)?|version(?:\.\w+)?|(?:changes|changelog|history|news|releases?)(?:\.\w+)?)$/i;

async function versions({
  versions: stated,
  codebase,
  history,
  repository,
}: PremiseSources): Promise<readonly VersionPremise[]> {
  const name = repository?.split("/")[1];
  if (name === undefined) return [];
  const named = stated.filter(({ subject }) => subject !== "");
  const own = projectVersions(named, [name]).filter((version) => PLAIN_VERSION.test(version));
  if (own.length === 0) return [];
  const tags = await history.tags();
  const known = tags.filter((tag) => /\d+\.\d+/.test(tag.name));
  if (known.length < MIN_TAGS) return [];
  const [{ name: newest }] = known.toSorted(
    (a, b) => (b.created ?? 0) - (a.created ?? 0) || b.name.localeCompare(a.name, "en", { numeric: true }),
  ) as [Tag];
  const found: VersionPremise[] = [];
  for (const written of own) {
    const digits = PLAIN_VERSION.exec(written)![1]!;
    if (tagOf(written, tags, [name]) !== undefined) continue;
    if (tags.some((tag) => isIn(digits, tag.name.replaceAll("_", ".")))) continue;
    if (await statesVersion(digits, codebase)) continue;
    found.push({ kind: "version", written, newest });
  }
  return found;
}

/** The number, or one that it begins: 1.2 is in `v1.2.3`. */
function isIn(digits: string, text: string): boolean {
  return new RegExp(`(?<![\\d.])${digits.replaceAll(".", "\\.")}(?!\\d)`).test(text);
}

async function statesVersion(digits: string, codebase: IndexedCodebase): Promise<boolean> {
  for (const { path } of codebase.tree.entries)
    if (path.split("/").length <= 3 && STATES_VERSION.test(fileNameOf(path)))
      if (isIn(digits, (await codebase.text(path))?.text ?? "")) return true;
  return false;
}

/** `Class.method`, `Class::method`, `Class#method`, or a name of several parts, alone between marks of code. */
const WRITTEN = /^(?:([A-Za-z_$][\w$]*)(?:\.|::|#))?([A-Za-z_$][\w$]*)(?:\(\))?$/;
const COMPOUND = /\p{Ll}\p{Lu}|[\p{L}\p{N}]_[\p{L}\p{N}]/u;
const MIN_NAME = 4;
/** Shorter names are near to each other by chance. */
const MIN_NEAR = 8;
const TYPES: ReadonlySet<string> = new Set(["class", "interface", "struct", "enum", "trait"]);

async function names(sources: PremiseSources, tag: ReportedTag | undefined): Promise<readonly NamePremise[]> {
  const { reading, codebase, history, signal } = sources;
  const written = new Set(
    reading.textBlocks.flatMap(({ kind, text }) => (kind === "inline-code" ? text.split("\n") : [])),
  );
  const own = reading.textBlocks.filter(({ kind }) => kind === "code").map(({ text }) => text);
  const { definitions } = await sources.symbolIndex();
  const found: NamePremise[] = [];
  let atTag = 0;
  for (const text of [...written].slice(0, MAX_NAMES)) {
    const [, owner, name] = WRITTEN.exec(text.trim()) ?? [];
    if (name === undefined || name.length < MIN_NAME || definitions.has(name)) continue;
    if (await isAnywhere(name, codebase)) continue;
    // What the report's own code defines is its own.
    if (owner === undefined && own.some((code) => holdsWord(code, name))) continue;
    const there =
      tag !== undefined && COMPOUND.test(name) && atTag++ < MAX_AT_TAG
        ? await history.fileWithWord(tag.commit, name, signal)
        : undefined;
    const near = name.length >= MIN_NEAR && COMPOUND.test(name) ? nearest(name, definitions) : undefined;
    const isOfOurs = owner !== undefined && (await isWholeType(owner, sources));
    if (there === undefined && near === undefined && !isOfOurs) continue;
    found.push({
      kind: "name",
      written: text.trim(),
      ...(there === undefined ? {} : { in: tag!.name }),
      ...(near === undefined ? {} : { near }),
    });
  }
  return found;
}

async function isAnywhere(name: string, codebase: IndexedCodebase): Promise<boolean> {
  for (const path of codebase.pathsWithWord(name))
    if (holdsWord((await codebase.text(path))?.text ?? "", name)) return true;
  return false;
}

function nearest(name: string, definitions: SymbolIndex["definitions"]): string | undefined {
  const near: string[] = [];
  for (const other of definitions.keys())
    // A plural and a number are other names.
    if (isOneEdit(other, name) && `${other}s` !== name && `${name}s` !== other && !/\d/.test(name + other))
      near.push(other);
  return near.length === 1 ? near[0] : undefined;
}

/** One type of the program has the name, and its first line names nothing that is defined elsewhere, from which it could inherit. */
async function isWholeType(owner: string, { codebase, symbolIndex }: PremiseSources): Promise<boolean> {
  const { definitions } = await symbolIndex();
  const [only, second] = definitions.get(owner) ?? [];
  if (only === undefined || second !== undefined || !TYPES.has(only.symbol.kind)) return false;
  if (codebase.roleOf(only.path) !== "source") return false;
  const head = (await codebase.text(only.path))?.lines[only.symbol.nameLine - 1] ?? "";
  return (head.match(/[A-Z][\w$]*/g) ?? []).every((name) => definitions.has(name));
}

const OPTION = /^--([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?:=.*)?$/;

async function options(
  sources: PremiseSources,
  tag: ReportedTag | undefined,
): Promise<readonly NamePremise[]> {
  const { reading, codebase, history, repository, signal } = sources;
  const name = repository?.split("/")[1]?.toLowerCase();
  if (name === undefined) return [];
  const written = new Set<string>();
  for (const { kind, text } of reading.textBlocks)
    if (kind === "code" || kind === "inline-code")
      for (const line of text.split("\n")) {
        const [program, ...words] = line
          .replace(/^\s*[$>%#]\s+/, "")
          .trim()
          .split(/\s+/);
        if (program?.toLowerCase() !== name) continue;
        const end = words.findIndex((word) => /^(?:\||\|\||&&|;|--)$/.test(word));
        for (const word of end < 0 ? words : words.slice(0, end)) {
          const option = OPTION.exec(word)?.[1];
          if (option !== undefined && option.length >= MIN_NAME) written.add(option);
        }
      }
  const found: NamePremise[] = [];
  for (const option of [...written].slice(0, MAX_AT_TAG)) {
    const forms = formsOf(option);
    if ((await Promise.all(forms.map((form) => isWritten(form, codebase)))).includes(true)) continue;
    const there = tag === undefined ? undefined : await history.fileWithWord(tag.commit, option, signal);
    found.push({ kind: "option", written: `--${option}`, ...(there === undefined ? {} : { in: tag!.name }) });
  }
  return found;
}

/** How a program may write an option: as it is, in the form of a name, without a prefix that negates it. */
function formsOf(option: string): readonly string[] {
  const bare = option.replace(/^(?:no|with|without|enable|disable)-/, "");
  return [...new Set([option, bare])].flatMap((one) => [
    one,
    one.replaceAll("-", "_"),
    one.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    one.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
  ]);
}

async function isWritten(form: string, codebase: IndexedCodebase): Promise<boolean> {
  for (const path of codebase.pathsWithWord(form.split("-")[0]!))
    if (holdsWord((await codebase.text(path))?.text ?? "", form)) return true;
  return false;
}

const WORD = /^[A-Za-z]{2,}$/;
/** A shorter word is replaced by accident. */
const CHANGED = /^[A-Za-z]{3,}$/;
/** Words that are in more files say nothing about one line. */
const MAX_FILES = 60;

async function messages(sources: PremiseSources): Promise<readonly MessagePremise[]> {
  const found: MessagePremise[] = [];
  for (const message of sources.reading.messages.slice(0, MAX_PLACES)) {
    const one = await otherWord(message, sources);
    if (one !== undefined) found.push(one);
  }
  return found;
}

/** A line of the program that writes the message with another word in the middle of five. */
async function otherWord(message: string, { codebase }: PremiseSources): Promise<MessagePremise | undefined> {
  const words = message.trim().split(/\s+/);
  for (let at = 2; at + 2 < words.length; at++) {
    const five = words.slice(at - 2, at + 3);
    if (!CHANGED.test(five[2]!) || five.filter((word) => WORD.test(word)).length < 4) continue;
    const around = [0, 1, 3, 4].map((place) => five[place]!);
    const files = filesWith(around, codebase).filter((path) => codebase.roleOf(path) === "source");
    if (files.length === 0 || files.length > MAX_FILES) continue;
    const escaped = around.map((word) => word.replace(/[$\\^.*+?()[\]{}|]/g, "\\$&"));
    const form = new RegExp(
      `(?<!\\w)${escaped[0]} ${escaped[1]} ([A-Za-z]{3,}) ${escaped[2]} ${escaped[3]}(?!\\w)`,
    );
    let other: MessagePremise | undefined;
    for (const path of files) {
      const source = await codebase.text(path);
      if (source === undefined) continue;
      if (source.text.includes(five.join(" "))) return undefined;
      const line = source.lines.findIndex((text) => form.test(text));
      if (line >= 0 && other === undefined)
        other = {
          kind: "message",
          words: five.join(" "),
          there: form.exec(source.lines[line]!)![0],
          path,
          line: line + 1,
        };
    }
    if (other !== undefined) return other;
  }
  return undefined;
}

function filesWith(words: readonly string[], codebase: IndexedCodebase): readonly string[] {
  const plain = words.filter((word) => WORD.test(word));
  const [first = [], ...rest] = plain
    .map((word) => codebase.pathsWithWord(word))
    .toSorted((a, b) => a.length - b.length);
  const others = rest.map((paths) => new Set(paths));
  return first.filter((path) => others.every((paths) => paths.has(path)));
}
