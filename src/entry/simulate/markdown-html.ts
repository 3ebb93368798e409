import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { defuse, restore } from "../../domain/markdown/defuse.ts";
import { Html } from "../html.ts";

/** Folding is the only HTML of a comment that works here, as on GitHub's page; the rest is shown as it is typed. */
const FOLDING = /&lt;(\/?details|details open(?:="")?|\/?summary)&gt;/g;
/** Pages do not show comments of HTML; ours hold the markers of the bot. */
const HIDDEN = /&lt;!--[^<>]{0,300}?--&gt;/g;

/** Markdown as GitHub's page would show it: no HTML of the text, no images, links only where they can do no harm. */
export function markdownHtml(markdown: string): Html {
  const shown = restore(micromark(defuse(markdown), { extensions: [gfm()], htmlExtensions: [gfmHtml()] }));
  return new Html(
    shown
      .replace(HIDDEN, "")
      .replace(FOLDING, (_, tag: string) => `<${tag}>`)
      .replace(/<img [^>]*>/g, "")
      .replaceAll("<a href=", '<a rel="noreferrer" target="_blank" href='),
  );
}
