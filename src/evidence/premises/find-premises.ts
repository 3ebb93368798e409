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
import { projectNames } from "../reported-places/project-names.ts";
import { tagsOf } from "../reported-places/find-reported.ts";
import { RevisionFiles } from "../reported-places/revision-files.ts";
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
  readonly reading: Pick<
    IssueReading,
    "kind" | "references" | "frames" | "messages" | "textBlocks" | "versions"
  >;
  /** What readers of the issue see. */
  readonly text: string;
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
const MAX_FRAMES = 30;
const MAX_NAMES = 30;
/** Names and options that are looked up at a tag: git reads its whole tree for each. */
const MAX_AT_TAG = 6;

/**
 * What a report names and the repository does not have: paths, lines, versions, names, options, words of messages. Only where the
 * report cannot mean another project: a premise is missed rather than doubted without ground.
 */
export async function findPremises(sources: PremiseSources): Promise<readonly Premise[]> {
  const { reading, history, repository, codebase } = sources;
  const names = await projectNames(codebase, repository);
  const [tag] = await tagsOf(reading.versions, () => history.tags(), names);
  return [
    ...(await paths(sources, tag)),
    ...(await lines(sources, tag)),
    ...(await versions(sources)),
    ...(await namesIn(sources, tag)),
    // A request names what it wishes for.
    ...(reading.kind === "feature" ? [] : await options(sources, tag)),
    ...(await messages(sources)),
  ];
}

/** Places of this repository, and of a fork's link whose commit is here, too. */
async function placesOf({ reading, repository, history }: PremiseSources): Promise<readonly WrittenPlace[]> {
  const own: WrittenPlace[] = [];
  for (const one of reading.references.flatMap((reference) => parseReference(reference) ?? [])) {
    if (one.kind !== "place" || own.length >= MAX_PLACES) continue;
    const isOwn =
      one.repository === undefined ||
      one.repository.toLowerCase() === repository?.toLowerCase() ||
      (one.ref !== undefined && (await history.findCommit(one.ref)) !== undefined);
    if (isOwn) own.push(one);
  }
  return own;
}

async function paths(sources: PremiseSources, tag: ReportedTag | undefined): Promise<readonly PathPremise[]> {
  const { codebase, history, signal } = sources;
  const atBase = codebase.tree.entries.map(({ path }) => path);
  const atTag = tag === undefined ? [] : await history.pathsAt(tag.commit, signal);
  const known = [...atBase, ...atTag];
  const folders = new Set(known.map(folderOf));
  const found: PathPremise[] = [];
  for (const { named, path, ref } of await placesOf(sources)) {
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

async function lines(sources: PremiseSources, tag: ReportedTag | undefined): Promise<readonly LinePremise[]> {
  const { codebase, history, reading, repository, signal } = sources;
  const found = new Map<string, LinePremise>();
  const add = (path: string, line: number, ref: string, lines: number | undefined): void => {
    if (lines !== undefined && line > lines)
      found.set(`${path}:${line}`, { kind: "line", path, line, ref, lines });
  };
  const countAt = async (commit: string, path: string): Promise<number | undefined> =>
    (await history.textAt({ commit, path }))?.replace(/\n$/, "").split("\n").length;
  const { places } = await sources.reported();
  for (const { named, lines: at } of await placesOf(sources)) {
    const place = places.find((one) => one.named === named);
    if (at !== undefined && place !== undefined && place.lines === undefined)
      add(place.path, at.start, place.ref, await countAt(place.commit, place.path));
  }
  const files = new RevisionFiles(codebase, history, signal);
  const revisions = [
    ...(tag === undefined ? [] : [{ ref: tag.name, commit: tag.commit }]),
    { ref: "", commit: codebase.tree.commit },
  ];
  for (const { path: written, line } of reading.frames.slice(-MAX_FRAMES)) {
    if (line === undefined) continue;
    let known: LinePremise | undefined;
    let isThere = false;
    for (const { ref, commit } of revisions) {
      const path = await files.onlyPath(written, commit, false);
      const lines = path === undefined ? undefined : await countAt(commit, path);
      if (path === undefined || lines === undefined || !isOurs(written, path, repository)) continue;
      if (line <= lines) isThere = true;
      else known ??= { kind: "line", path, line, ref, lines };
    }
    if (!isThere && known !== undefined) add(known.path, line, known.ref, known.lines);
  }
  return [...found.values()];
}

/** A frame's file is this repository's, and no other project's or bundle's that ends alike: its folder is written, too. */
function isOurs(written: string, path: string, repository: string | undefined): boolean {
  const name = repository?.split("/")[1]?.toLowerCase();
  const [parts, own] = [written.toLowerCase().split("/"), path.toLowerCase().split("/")];
  let shared = 0;
  while (shared < own.length && parts.at(-1 - shared) === own.at(-1 - shared)) shared++;
  const before = parts.slice(0, parts.length - shared);
  return (
    shared >= 3 ||
    (shared >= 1 && name !== undefined && before.includes(name)) ||
    (shared === own.length && shared === parts.length && shared >= 2)
  );
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
    // Of a version of four numbers the fourth is rarely tagged.
    const tagged = digits.split(".").slice(0, 3).join(".");
    if (tags.some((tag) => isIn(tagged, tag.name.replaceAll("_", ".")))) continue;
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
const SAYS_MISSING =
  /\b(?:missing|lacks?|lacking|add(?:ing)?|implement(?:ed)?|propos\w+|no longer|removed|renamed|undefined|unknown|(?:not|n't) (?:exist|defined|available|implemented|found)|no (?:such )?(?:method|function|field|attribute|property|member))\b/i;
const COMPOUND = /\p{Ll}\p{Lu}|[\p{L}\p{N}]_[\p{L}\p{N}]/u;
const MIN_NAME = 4;
/** Shorter names are near to each other by chance. */
const MIN_NEAR = 8;
const TYPES: ReadonlySet<string> = new Set(["class", "interface", "struct", "enum", "trait"]);

async function namesIn(
  sources: PremiseSources,
  tag: ReportedTag | undefined,
): Promise<readonly NamePremise[]> {
  const { reading, codebase, history, signal } = sources;
  const written = new Set(
    reading.textBlocks.flatMap(({ kind, text }) => (kind === "inline-code" ? text.split("\n") : [])),
  );
  // A request, and a report that says that something is missing, take nothing for granted.
  const missed = sources.text.split("\n").filter((line) => SAYS_MISSING.test(line));
  const own = reading.textBlocks.filter(({ kind }) => kind === "code").map(({ text }) => text);
  const { definitions } = await sources.symbolIndex();
  const found: NamePremise[] = [];
  let atTag = 0;
  for (const text of [...written].slice(0, MAX_NAMES)) {
    const [, owner, name] = WRITTEN.exec(text.trim()) ?? [];
    if (name === undefined || name.length < MIN_NAME || definitions.has(name)) continue;
    if (await isAnywhere(name, codebase)) continue;
    // What the report's own code defines is its own.
    if (owner === undefined && own.some((code) => defines(code, name))) continue;
    const there =
      tag !== undefined && COMPOUND.test(name) && atTag++ < MAX_AT_TAG
        ? await history.fileWithWord(tag.commit, name, signal)
        : undefined;
    const near = name.length >= MIN_NEAR && COMPOUND.test(name) ? nearest(name, definitions) : undefined;
    const isOfOurs =
      owner !== undefined &&
      reading.kind !== "feature" &&
      !missed.some((line) => line.includes(name)) &&
      (await isWholeType(owner, sources));
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

/** Code that declares the name or gives it a value, in any language: all of it is the reporter's own. */
function defines(code: string, name: string): boolean {
  const plain = name.replaceAll("$", "\\$");
  return new RegExp(
    `\\b(?:def|class|function|fn|fun|func|const|let|var|val|mut|struct|interface|enum|trait|type|void|int)\\s+${plain}(?![\\w$])|(?<![\\w$])${plain}\\s*(?::(?!:)|:?=(?!=))`,
  ).test(code);
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
    // "was not … in the" is in every program.
    if (around.filter((word) => word.length >= 4).length < 2) continue;
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
