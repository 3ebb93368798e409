import type {
  CheckState,
  CommentState,
  LoggedRequest,
  PullState,
  ReactionState,
  RepositoryState,
} from "../github/contract.ts";
import { HOLD_LABEL, requestLabels, STATE_LABELS } from "../../investigation/label.ts";
import { PHASES } from "../../phases/catalogue.ts";
import { Html, html } from "../../text/html.ts";
import { type LinkTo, markdownHtml, outsideLink } from "./markdown-html.ts";
import { FILE_SCRIPT, PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";
import type { Person } from "./simulation.ts";
import { REACTION_SIGNS } from "./tell-changes.ts";

export interface PageInput {
  readonly state: RepositoryState;
  readonly issue: number;
  /** The issue's text and its author. */
  readonly text: string;
  readonly author: string;
  readonly people: readonly Person[];
  readonly bot: string;
  /** Address of the repository on the simulated GitHub; links below it lead to this page. */
  readonly webUrl: string;
  /** Events, the newest last. */
  readonly feed: readonly string[];
  /** True while a job runs. */
  readonly isBusy: boolean;
  /** Files of the pull requests' branches: path to text, or to a unified diff for files that are no documents. */
  readonly documents: ReadonlyMap<string, string>;
  /** A scripted model does the research. */
  readonly hasModel?: boolean;
  /** The bot's requests to GitHub, the newest last. */
  readonly requests: readonly LoggedRequest[];
  /** Proof that a form was sent from this page. */
  readonly token: string;
  /** Allows the page's own style and script, and no other. */
  readonly nonce: string;
}

export interface FileInput {
  /** Branch or commit. */
  readonly revision: string;
  readonly path: string;
  readonly text: string;
}

/** The whole page; `liveHtml` is the part that reloads after an event. */
export function pageHtml(input: PageInput): Html {
  const live = partsOf(input);
  return frame(
    { title: "Casebook on a simulated GitHub", nonce: input.nonce, script: PAGE_SCRIPT },
    html`<header>
        <h1>acme/store</h1>
        <p>
          A GitHub on this machine with the real Casebook App. Nothing leaves it; everything is gone when it
          ends.
          ${input.hasModel === true && "The model is a script that knows this issue: it needs no key and costs nothing, and its prices are made up."}
        </p>
      </header>
      <main class="columns">
        <div>${live.issue} ${formHtml(input)} ${live.pulls}</div>
        ${live.aside}
      </main>`,
  );
}

/** The parts that change by themselves; each replaces the element with its id. */
export function liveHtml(input: PageInput): Html {
  const { issue, pulls, aside } = partsOf(input);
  return html`${issue}${pulls}${aside}`;
}

function partsOf(input: PageInput): { readonly issue: Html; readonly pulls: Html; readonly aside: Html } {
  const { state, feed, isBusy, requests } = input;
  return {
    issue: html`<div id="live-issue" class="live">${issueHtml(input)}</div>`,
    pulls: html`<div id="live-pulls" class="live">${state.pulls.map((pull) => pullHtml(pull, input))}</div>`,
    aside: html`<aside id="live-aside" class="live">
      <div class="box">
        <h2>${isBusy ? "Working…" : "Quiet"}</h2>
        <ul class="feed">
          ${feed.toReversed().map((line) => html`<li>${line}</li>`)}
        </ul>
      </div>
      <details class="box">
        <summary>What the App asks of GitHub</summary>
        <ul class="requests">
          ${requests.toReversed().map(requestHtml)}
        </ul>
      </details>
    </aside>`,
  };
}

/** The form between the thread and the pull requests; it keeps typed text while they change. */
function formHtml({ token, people }: PageInput): Html {
  return html`<section class="box write" aria-label="Act as a person">
    <form method="post" action="/act">
      <input type="hidden" name="token" value="${token}" />
      <label
        >As
        <select name="who">
          ${people.map(({ login, role }) => html`<option value="${login}">${login} (${role})</option>`)}
        </select></label
      >
      <textarea name="text" rows="3" placeholder="/casebook investigate" aria-label="Comment"></textarea>
      <div class="row">
        <button class="main" name="do" value="comment">Comment</button>
        <select name="say" aria-label="A comment">
          ${SAYINGS.map((saying) => html`<option>${saying}</option>`)}
        </select>
        <button name="do" value="say">Say this</button>
      </div>
      <div class="row">
        <select name="label" aria-label="A label">
          ${labelsToPress().map((name) => html`<option>${name}</option>`)}
        </select>
        <button name="do" value="label">Put it on</button>
        <button name="do" value="unlabel">Take it off</button>
      </div>
      <div class="row">
        <button name="do" value="merge">Merge the pull request</button>
        <button name="do" value="close">Close the issue</button>
        <button name="do" value="reopen">Reopen it</button>
      </div>
      <p id="said" role="status"></p>
    </form>
  </section>`;
}

/** A file with its lines numbered; an address like `#L3-L5` marks some of them. */
export function fileHtml({ revision, path, text, nonce }: FileInput & Pick<PageInput, "nonce">): Html {
  const lines = text.replace(/\n$/, "").split("\n");
  return frame(
    { title: path, nonce, script: FILE_SCRIPT },
    html`<header>
        <h1>${path}</h1>
        <p>at <code>${revision}</code> · <a href="/">back to the issue</a></p>
      </header>
      <main class="box scroll">
        <table class="lines">
          ${lines.map(
            (line, i) =>
              html`<tr id="L${i + 1}">
                <td>${i + 1}</td>
                <td>${line}</td>
              </tr>`,
          )}
        </table>
      </main>`,
  );
}

function frame(
  { title, nonce, script }: { readonly title: string; readonly nonce: string; readonly script: string },
  body: Html,
): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style nonce="${nonce}">
          ${new Html(PAGE_STYLE)}
        </style>
      </head>
      <body>
        ${body}
        <script nonce="${nonce}">
          ${new Html(script)};
        </script>
      </body>
    </html>`;
}

/** Suggested comments, in the order of an issue's life. */
const SAYINGS = [
  "/casebook investigate",
  "/casebook approve",
  "/casebook at src/storage/store.py:31-35",
  "/casebook run root-cause",
  "/casebook refresh",
  "/casebook pause",
  "/casebook resume",
  "/casebook cancel",
  "/casebook retry",
  "/casebook reject not a bug",
  "/casebook status",
  "/casebook help",
  "/casebook refesh",
];

function labelsToPress(): readonly string[] {
  return [...requestLabels(PHASES.map(({ type }) => type)).map(({ name }) => name), HOLD_LABEL];
}

function issueHtml(input: PageInput): Html {
  const issue = input.state.issues.find(({ number }) => number === input.issue);
  if (issue === undefined) return html`<p>The issue is gone.</p>`;
  const { title, number, state, labels, comments, locked } = issue;
  return html`<article id="issue">
    <h2>${title} <span class="number">#${number}</span></h2>
    <p class="row">
      <span class="state ${state}">${state}</span
      >${locked && html`<span class="state draft">locked</span>`}${labels.map(labelHtml)}
    </p>
    ${commentHtml({ author: input.author, body: input.text, reactions: issue.reactions }, input)}
    ${comments.map((comment) => commentHtml(comment, input))}
    ${comments.length === 0 && html`<p class="hint">As the maintainer, comment <code>/casebook investigate</code>.</p>`}
  </article>`;
}

function labelHtml(name: string): Html {
  const color = Object.values(STATE_LABELS).find((label) => label.name === name)?.color;
  return html`<span class="label${color !== undefined && ` c${color}`}">${name}</span>`;
}

function commentHtml(
  { author, body, reactions }: Omit<CommentState, "id">,
  { bot, people, webUrl }: PageInput,
): Html {
  const role = author === bot ? "bot" : people.find(({ login }) => login === author)?.role;
  return html`<div class="box comment${author === bot && " bot"}">
    <p class="who">
      <strong>${author}</strong>${role !== undefined && html` <span class="role">${role}</span>`}
    </p>
    <div class="text">${markdownHtml(body, ownLinks(webUrl))}</div>
    ${reactionsHtml(reactions)}
  </div>`;
}

function reactionsHtml(reactions: readonly ReactionState[]): Html {
  if (reactions.length === 0) return html``;
  return html`<p class="reactions">
    ${reactions.map(({ by, content }) => html`<span>${REACTION_SIGNS[content] ?? content} ${by}</span>`)}
  </p>`;
}

function pullHtml(
  { number, title, body, state, draft, files, head, headBranch, author, comments }: PullState,
  input: PageInput,
): Html {
  const shown = draft && state === "open" ? "draft" : state;
  const linkTo = ownLinks(input.webUrl);
  return html`<article id="pull-${number}">
    <h2>${title} <span class="number">#${number}</span></h2>
    <p class="row">
      <span class="state ${shown}">${shown}</span><code>${headBranch}</code
      ><span class="when">by ${author}, at ${head.slice(0, 7)}</span>
    </p>
    ${input.state.checks.filter((check) => check.head === head).map((check) => checkHtml(check, linkTo))}
    <div class="box text">${markdownHtml(body, linkTo)}</div>
    ${comments.map((comment) => commentHtml(comment, input))}
    ${files.map((path) => documentHtml(path, input.documents.get(path) ?? "", linkTo))}
  </article>`;
}

function checkHtml({ name, title, conclusion, annotations, summary }: CheckState, linkTo: LinkTo): Html {
  const sign = conclusion === null ? "⏳" : conclusion === "success" ? "✅" : "❌";
  return html`<details class="box">
    <summary>${sign} <strong>${name}</strong> – ${title}</summary>
    ${
      annotations.length > 0 &&
      html`<ul>
        ${annotations.map(({ path, line, message }) => html`<li><code>${path}:${line}</code> ${message}</li>`)}
      </ul>`
    }
    <div class="text">${markdownHtml(summary, linkTo)}</div>
  </details>`;
}

/** A document as Markdown, a spec with its front matter, code as its change. */
function documentHtml(path: string, text: string, linkTo: LinkTo): Html {
  if (!path.endsWith(".md")) return changeHtml(path, text);
  const head = /^---\n[\s\S]*?\n---\n/.exec(text)?.[0] ?? "";
  return html`<details class="box">
    <summary><code>${path}</code></summary>
    ${head !== "" && html`<pre><code>${head}</code></pre>`}
    <div class="text">${markdownHtml(text.slice(head.length), linkTo)}</div>
  </details>`;
}

const LINE_CLASS: Readonly<Record<string, string>> = { "+": "added", "-": "removed", "@": "place" };

function changeHtml(path: string, diff: string): Html {
  // The lines before the first hunk repeat the summary.
  const start = diff.indexOf("\n@@ ");
  const lines =
    start === -1
      ? []
      : diff
          .slice(start + 1)
          .replace(/\n$/, "")
          .split("\n");
  const rows = lines.map(
    (line) => html`<span class="${LINE_CLASS[line.charAt(0)] ?? ""}">${`${line}\n`}</span>`,
  );
  return html`<details class="box">
    <summary><code>${path}</code></summary>
    <pre class="change"><code>${rows}</code></pre>
  </details>`;
}

function requestHtml({ method, path, status }: LoggedRequest): Html {
  const isRefused = status === 0 || status >= 400;
  return html`<li>
    <span class="${isRefused && "bad"}">${status === 0 ? "…" : status}</span> ${method} ${path}
  </li>`;
}

/** The simulated GitHub has no pages: links to them lead to the same things on this page. */
function ownLinks(webUrl: string): LinkTo {
  return (url) => {
    if (!url.startsWith(`${webUrl}/`)) return outsideLink(url);
    const place = url.slice(webUrl.length);
    const [, pull] = /^\/pull\/(\d{1,9})\b/.exec(place) ?? [];
    if (pull !== undefined) return `/#pull-${pull}`;
    return place.startsWith("/blob/") ? place : undefined;
  };
}
