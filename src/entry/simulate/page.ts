import type {
  CommentState,
  IssueState,
  PullState,
  ReactionState,
  RepositoryState,
} from "../../adapters/simulated-github/contract.ts";
import { STATE_LABELS } from "../../domain/label/state-label.ts";
import { type Html, html } from "../html.ts";
import { markdownHtml } from "./markdown-html.ts";
import type { Person } from "./simulation.ts";

export interface PageInput {
  readonly state: RepositoryState;
  readonly issue: number;
  readonly people: readonly Person[];
  readonly bot: string;
  /** What happened, the newest last. */
  readonly feed: readonly string[];
  /** Whether something is being worked on. */
  readonly isBusy: boolean;
  /** Documents of the pull request's branch, path to text. */
  readonly documents: ReadonlyMap<string, string>;
  /** Proof that a form was sent from this page. */
  readonly token: string;
  /** Allows the page's own style and script, and no other. */
  readonly nonce: string;
}

/** The whole page; `liveHtml` is the part that is fetched again when something happens. */
export function pageHtml(input: PageInput): Html {
  const { token, nonce, people } = input;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Casebook on a simulated GitHub</title>
        <style nonce="${nonce}">
          ${STYLE}
        </style>
      </head>
      <body>
        <header>
          <h1>acme/store</h1>
          <p>
            A GitHub on this machine with the real Casebook App. Nothing leaves it; everything is gone when it
            ends.
          </p>
        </header>
        <main id="live">${liveHtml(input)}</main>
        <section class="box write">
          <form method="post" action="/act">
            <input type="hidden" name="token" value="${token}" />
            <label
              >Comment as
              <select name="who">
                ${people.map(({ login, role }) => html`<option value="${login}">${login} (${role})</option>`)}
              </select></label
            >
            <textarea
              name="text"
              rows="3"
              placeholder="/casebook investigate"
              aria-label="Comment"
            ></textarea>
            <div class="row">
              <button name="do" value="comment">Comment</button>
              <button class="quiet" name="do" value="investigate">/casebook investigate</button>
              <button class="quiet" name="do" value="help">/casebook help</button>
              <button class="quiet" name="do" value="label">+ casebook:investigate</button>
              <button class="quiet" name="do" value="close">Close or reopen</button>
              <button class="quiet" name="do" value="merge">Merge the pull request</button>
            </div>
          </form>
        </section>
        <script nonce="${nonce}">
          ${SCRIPT};
        </script>
      </body>
    </html>`;
}

export function liveHtml({ state, issue: number, bot, feed, isBusy, documents }: PageInput): Html {
  const issue = state.issues.find((candidate) => candidate.number === number);
  return html`<div class="columns">
    <div>
      ${issue === undefined ? html`<p>The issue is gone.</p>` : issueHtml(issue, bot)}
      ${state.pulls.map((pull) => pullHtml(pull, state, documents))}
    </div>
    <aside>
      <div class="box">
        <h2>${isBusy ? "Working…" : "Quiet"}</h2>
        <ol class="feed">
          ${feed.slice(-40).map((line) => html`<li>${line}</li>`)}
        </ol>
      </div>
    </aside>
  </div>`;
}

function issueHtml({ title, number, state, labels, comments, locked }: IssueState, bot: string): Html {
  return html`<article>
    <h2>${title} <span class="number">#${number}</span></h2>
    <p class="row">
      <span class="state ${state}">${state}</span
      >${locked && html`<span class="state">locked</span>`}${labels.map(labelHtml)}
    </p>
    ${comments.length === 0 ? html`<p class="hint">Nobody said anything yet. As the maintainer, comment <code>/casebook investigate</code>.</p>` : comments.map((comment) => commentHtml(comment, bot))}
  </article>`;
}

function labelHtml(name: string): Html {
  const color = Object.values(STATE_LABELS).find((label) => label.name === name)?.color ?? "1d76db";
  return html`<span class="label c${color}">${name}</span>`;
}

function commentHtml({ author, body, reactions }: CommentState, bot: string): Html {
  return html`<div class="box comment${author === bot ? " bot" : ""}">
    <p class="who">${author}</p>
    <div class="text">${markdownHtml(body)}</div>
    ${reactionsHtml(reactions)}
  </div>`;
}

const SIGNS: Readonly<Record<string, string>> = { eyes: "👀", rocket: "🚀", confused: "😕", "-1": "👎" };

function reactionsHtml(reactions: readonly ReactionState[]): Html {
  if (reactions.length === 0) return html``;
  return html`<p class="reactions">
    ${reactions.map(({ by, content }) => html`<span title="${by}">${SIGNS[content] ?? content} ${by}</span>`)}
  </p>`;
}

function pullHtml(
  { number, title, body, state, draft, files, head, headBranch, author }: PullState,
  { checks }: RepositoryState,
  documents: ReadonlyMap<string, string>,
): Html {
  return html`<article class="pull">
    <h2>${title} <span class="number">#${number}</span></h2>
    <p class="row">
      <span class="state ${state}">${draft && state === "open" ? "draft" : state}</span
      ><code>${headBranch}</code><span class="who">${author}</span>
    </p>
    ${checks
      .filter((check) => check.head === head)
      .map(
        (check) =>
          html`<div class="box check">
            <strong>${check.conclusion === "success" ? "✅" : "◻️"} ${check.name}</strong> ${check.title}${
              check.annotations.length > 0 &&
              html`<ul>
                ${check.annotations.map(({ path, line, message }) => html`<li><code>${path}:${line}</code> ${message}</li>`)}
              </ul>`
            }
          </div>`,
      )}
    <div class="box text">${markdownHtml(body)}</div>
    ${files
      .filter((path) => documents.has(path))
      .map(
        (path) =>
          html`<details class="box">
            <summary><code>${path}</code></summary>
            <div class="text">${markdownHtml(documents.get(path) ?? "")}</div>
          </details>`,
      )}
  </article>`;
}

const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1f2328;--soft:#59636e;--line:#d1d9e0;--box:#f6f8fa;--link:#0969da;--good:#1a7f37;--done:#8250df;--bad:#d1242f}
@media (prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--soft:#9198a1;--line:#3d444d;--box:#151b23;--link:#4493f8;--good:#3fb950;--done:#ab7df8;--bad:#f85149}}
*{box-sizing:border-box}
body{margin:0 auto;padding:16px;max-width:1200px;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}
header p,.hint,.number,.who{color:var(--soft)}
h1{font-size:1.2rem;margin:0}h2{font-size:1.15rem;margin:1.2rem 0 .4rem}
header p{margin:.2rem 0 0}
.columns{display:grid;grid-template-columns:minmax(0,1fr) 320px;gap:24px}
@media (max-width:860px){.columns{grid-template-columns:minmax(0,1fr)}}
.box{border:1px solid var(--line);border-radius:8px;margin:12px 0;padding:10px 14px;overflow-x:auto}
.comment>.who,.feed{font-size:.85rem}.comment>.who{margin:0 0 .3rem;font-weight:600}
.bot{border-left:3px solid var(--done)}
aside .box{position:sticky;top:12px;background:var(--box)}aside h2{margin:0 0 .4rem;font-size:1rem}
.feed{margin:0;padding-left:2rem;max-height:70vh;overflow:auto;overflow-wrap:anywhere}
.row{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin:.4rem 0}
.state,.label,.reactions span{border-radius:2em;padding:1px 10px;font-size:.8rem;border:1px solid var(--line)}
.state.open{background:var(--good);color:#fff;border:0}.state.closed{background:var(--bad);color:#fff;border:0}.state.merged{background:var(--done);color:#fff;border:0}
.reactions{display:flex;gap:6px;margin:.5rem 0 0}
.label{color:#1f2328;border-color:transparent}
.cc5def5{background:#c5def5}.cfbca04{background:#fbca04}.cf9d0c4{background:#f9d0c4}.ce99695{background:#e99695}.cb60205{background:#b60205;color:#fff}.c0e8a16{background:#0e8a16;color:#fff}.c1d76db{background:#1d76db;color:#fff}
table{border-collapse:collapse;margin:.5rem 0;font-size:.9rem}td,th{border:1px solid var(--line);padding:4px 8px;text-align:left;vertical-align:top}
code{background:var(--box);padding:1px 4px;border-radius:4px;font-size:.88em;overflow-wrap:anywhere}pre{background:var(--box);padding:10px;border-radius:6px;overflow:auto}pre code{padding:0}
a{color:var(--link)}summary{cursor:pointer}
textarea{width:100%;margin:8px 0;padding:8px;border:1px solid var(--line);border-radius:6px;background:var(--bg);color:var(--fg);font:inherit}
select,button{font:inherit;padding:5px 12px;border-radius:6px;border:1px solid var(--line);background:var(--box);color:var(--fg);cursor:pointer}
button:not(.quiet){background:var(--good);color:#fff;border-color:transparent}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
`;

const SCRIPT = `
const live=document.getElementById("live");
const opened=()=>new Set([...live.querySelectorAll("details[open]>summary")].map(s=>s.textContent));
async function refresh(){const r=await fetch("/live");if(!r.ok)return;const o=opened();live.innerHTML=await r.text();for(const s of live.querySelectorAll("summary"))if(o.has(s.textContent))s.parentElement.open=true}
new EventSource("/events").onmessage=refresh;
document.querySelector("form").addEventListener("submit",async e=>{e.preventDefault();const d=new URLSearchParams(new FormData(e.target,e.submitter));await fetch("/act",{method:"POST",body:d});e.target.text.value="";refresh()});
`;
