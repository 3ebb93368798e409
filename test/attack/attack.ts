import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

/** One hostile input. */
export interface Attack {
  readonly name: string;
  /** Carries it out against the real code. Gives what got through, or undefined where it was contained. */
  readonly run: () => Promise<string | undefined> | string | undefined;
}

/** Attacks of one kind, and what looks like them and must work. */
export interface Family {
  readonly name: string;
  readonly attacks: readonly Attack[];
  /** `run` gives why it did not work. */
  readonly benign: readonly Attack[];
  /** Why this machine cannot carry them out. */
  readonly skipped?: string | undefined;
}

const OWN = "https://github.com/o/r";

/**
 * What GitHub's page would do with a text, read from HTML that another parser makes: live pictures, foreign links, tags, mentions and closing
 * words. Undefined where it only shows.
 */
export function actsOn(markdown: string): string | undefined {
  const html = micromark(markdown, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  const live = html
    .replace(/<!-- casebook[^<>]*-->/g, "")
    .replace(/<pre>[\s\S]*?<\/pre>/g, "\u00a7")
    .replace(/<code>[\s\S]*?<\/code>/g, "\u00a7");
  const image = /<img[^>]*>/i.exec(live)?.[0];
  if (image !== undefined) return `a picture: ${image}`;
  for (const [, href = ""] of live.matchAll(/<a\b[^>]*href="([^"]*)"/gi))
    if (/^(?:[a-z][a-z0-9+.-]*:|\/)/i.test(href) && !href.startsWith(`${OWN}/`)) return `a link: ${href}`;
  const tag =
    /<\/?(?!(?:p|a|h[1-6]|ul|ol|li|em|strong|blockquote|hr|br|table|thead|tbody|tr|th|td|input|del|details|summary|sub|sup|section)\b)[a-z!?][^>]*>/i.exec(
      live,
    )?.[0];
  if (tag !== undefined) return `a tag: ${tag}`;
  const words = live
    .replace(/<\/(?:p|h[1-6]|li|td|th|blockquote|summary|details)>/g, " \u00b6 ")
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&#64;", "@")
    .replaceAll("&amp;", "&");
  const mention = /(?:^|[^\w`/.@-])@[a-z0-9][\w-]*/i.exec(words)?.[0];
  if (mention !== undefined) return `a mention: ${mention.trim()}`;
  const closing =
    /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:[\w.-]+\/[\w.-]+)?(?:#\d+|GH-\d+|https?:)/i.exec(
      words,
    )?.[0];
  if (closing !== undefined) return `a closing word: ${closing}`;
  const command = /^\/[a-z].*$/im.exec(markdown)?.[0];
  return command === undefined ? undefined : `a command: ${command}`;
}

/** The first thing that got through, of several looks. */
export function first(...found: readonly (string | undefined)[]): string | undefined {
  return found.find((one) => one !== undefined);
}

export interface Outcome {
  readonly contained: number;
  readonly attacks: number;
  readonly passed: number;
  readonly benign: number;
  /** One line for each that got through, did not work, or was skipped. */
  readonly lines: readonly string[];
}

/** Carries out every attack and every twin, one after the other. An exception is no defence: what threw counts as got through. */
export async function carryOut(families: readonly Family[]): Promise<Outcome> {
  const lines: string[] = [];
  const count = async (name: string, inputs: readonly Attack[], word: string): Promise<number> => {
    let good = 0;
    for (const input of inputs) {
      let why: string | undefined;
      try {
        why = await input.run();
      } catch (error) {
        why = `it threw ${String(error).slice(0, 300)}`;
      }
      if (why === undefined) good++;
      else lines.push(`${name}, ${input.name}: ${word}: ${why}`);
    }
    return good;
  };
  let [contained, attacks, passed, benign] = [0, 0, 0, 0];
  for (const family of families) {
    if (family.skipped !== undefined) {
      lines.push(`${family.name}: skipped: ${family.skipped}`);
      continue;
    }
    attacks += family.attacks.length;
    benign += family.benign.length;
    contained += await count(family.name, family.attacks, "got through");
    passed += await count(family.name, family.benign, "a twin did not work");
  }
  return { contained, attacks, passed, benign, lines };
}
