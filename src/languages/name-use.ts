import { NAME_USES, own, type CompiledRules } from "./compiled-rules.ts";
import type { FlatTree } from "./flat-tree.ts";
import type { MemberUse } from "./grammar-rules.ts";

/** How far up the tree the use of a name is looked for: real code needs 6; hostile nesting must not cost more. */
const MAX_CLIMB = 40;
const MAX_RECEIVER = 100;

/** How the name at `node` is used, and the outermost member access that it is the last name of (-1 when none). */
export function nameUse(tree: FlatTree, compiled: CompiledRules, node: number, type: number): MemberUse {
  const { slots, role: roles, member: members, wrapper: wrappers } = compiled;
  const lastRow = compiled.named.length - 1;
  let fallback = compiled.identifier[type] ?? 0;
  let member = -1;
  let child = node;
  const told = own(compiled.rules.contexts, tree.kind(tree.parentOf(node)))?.(tree, node);
  if (told !== undefined) return typeof told === "string" ? { use: told, member } : told;
  for (let climb = 0; climb < MAX_CLIMB; climb++) {
    const parent = tree.parentOf(child);
    if (parent < 0) break;
    const row = Math.min(tree.type[parent] ?? lastRow, lastRow);
    const field = tree.field[child] ?? 0;
    const first = field === 0 && child === parent + 1;
    const named = members[row] ?? 0;
    const isLastName = named !== 0 && (named === 1 ? child !== parent + 1 : field === named - 2);
    if (isLastName) member = parent;
    const said = roles[row * slots + (first ? slots - 1 : field)] ?? 0;
    if (said !== 0) {
      fallback = said;
      break;
    }
    if (!isLastName) {
      if (named !== 0) break;
      const through = wrappers[row] ?? 0;
      if (through === 0) break;
      if (through > 1) fallback = through - 1;
    }
    child = parent;
  }
  const use = NAME_USES[fallback] ?? "name";
  return { use: use === "" ? "name" : use, member };
}

/**
 * The receiver of a member access, when it is a plain or dotted name: `self.store` for
 * `self.store.get`, `std::fs` for `std::fs::read`, `Vec` for `Vec::<u8>::new`. Undefined for calls, literals and the like.
 * `start` is where the access starts, `end` where its last name does.
 */
export function receiverText(source: string, start: number, end: number): string | undefined {
  if (end - start > MAX_RECEIVER) return undefined;
  let text = source.slice(start, end);
  const generic = text.indexOf("<");
  if (generic >= 0) text = text.slice(0, generic);
  let last = text.length;
  while (last > 0 && isJoint(text.charCodeAt(last - 1))) last--;
  text = text.slice(0, last);
  // PHP's `static::$count`: the sign belongs to the name.
  if (text.endsWith("::$")) text = text.slice(0, -3);
  if (text === "") return undefined;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!isNamePart(code) && !isJoint(code)) return undefined;
  }
  return text;
}

/** `.`, `:`, `>` and `-` (of `->`), `?`, `!`, `&` (of Ruby's `&.`), `\`. */
function isJoint(code: number): boolean {
  return (
    code === 46 ||
    code === 58 ||
    code === 62 ||
    code === 45 ||
    code === 63 ||
    code === 33 ||
    code === 38 ||
    code === 92
  );
}

/** Letters, digits, `_`, `$`, `@`, `#` and everything beyond ASCII. */
function isNamePart(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 64 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 95 ||
    code === 36 ||
    code === 35 ||
    code >= 128
  );
}
