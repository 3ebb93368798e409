/** Names of the tags in which models think aloud before they answer. */
const NAMES = ["think", "thinking", "thought", "reasoning"];
const OPENING = new RegExp(`^\\s{0,200}<(${NAMES.join("|")})>`, "i");
/** Templates can open the tag themselves, so that a reply only closes it: on a line of its own. */
const CLOSING_ALONE = new RegExp(`(?:^|\\n)[ \\t]{0,20}</(?:${NAMES.join("|")})>[ \\t]{0,20}(?=\\n|$)`, "i");
/** Thoughts one after the other. */
const MAX_THOUGHTS = 16;

/** A reply without the thoughts at its beginning; a thought that never ends is all of it. */
export function dropThoughts(text: string): string {
  let rest = text;
  for (let i = 0; i < MAX_THOUGHTS; i++) {
    const open = OPENING.exec(rest);
    if (open === null) break;
    const closing = new RegExp(`</${open[1]!}>`, "i").exec(rest);
    if (closing === null) return "";
    rest = rest.slice(closing.index + closing[0].length);
  }
  const alone = CLOSING_ALONE.exec(rest);
  if (alone !== null && !rest.slice(0, alone.index).includes("```"))
    rest = rest.slice(alone.index + alone[0].length);
  return rest === text ? text : rest.trimStart();
}

const LONGEST_TAG = Math.max(...NAMES.map((name) => name.length)) + 3;

/** For who watches: told what is no thought at the beginning, as it comes. */
export function thoughtFilter(tell: (text: string) => void): (text: string) => void {
  /** What is held back: the beginning, or the end of what was thought so far. Undefined: everything is told. */
  let held: string | undefined = "";
  let isThought = false;
  return (text) => {
    if (held === undefined) {
      tell(text);
      return;
    }
    held += text;
    if (!isThought) {
      const start = held.trimStart().toLowerCase();
      isThought = NAMES.some((name) => start.startsWith(`<${name}>`));
      if (!isThought && NAMES.some((name) => `<${name}>`.startsWith(start))) return;
    }
    const shown = isThought ? afterTag(held) : held;
    if (shown === undefined) {
      held = held.slice(-LONGEST_TAG);
      return;
    }
    held = undefined;
    if (shown !== "") tell(shown);
  };
}

const CLOSING = new RegExp(`</(?:${NAMES.join("|")})>\\s{0,20}`, "i");

function afterTag(text: string): string | undefined {
  const closing = CLOSING.exec(text);
  return closing === null ? undefined : text.slice(closing.index + closing[0].length);
}
