import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { RunFailure } from "../failure.ts";
import { type Html, html } from "../text/html.ts";
import { exchangeCode, type NewApp } from "./exchange-code.ts";
import { manifestOf, type AppFile } from "./manifest.ts";

export interface SetupOptions {
  readonly app: AppFile;
  readonly port: number;
  /** `https://github.com`, or a GitHub Enterprise Server. */
  readonly github: string;
  readonly apiUrl: string;
  readonly organization?: string;
  /** Public address of the server that will run Casebook. */
  readonly webhook: string;
  /** Stores the new App before the page reports success. Returns the file. */
  readonly keep: (made: NewApp) => string;
  readonly signal: AbortSignal;
}

const PAGE_MILLISECONDS = 3_600_000;

/** The purpose of each right. */
const WORDS: Readonly<Record<string, string>> = {
  contents: "Contents: commit documents to branches of its own",
  issues: "Issues: comment, label and react",
  pull_requests: "Pull requests: open drafts and keep their text up to date",
  checks: "Checks: report which references hold",
  metadata: "Metadata: GitHub requires it",
};

/**
 * Serves one page on this machine that registers an App: one click, GitHub asks for confirmation, and its answer comes back
 * here. The state in the address is random and valid once. The page refuses other names of this machine.
 */
export async function registerApp(options: SetupOptions, tell: (url: string) => void): Promise<NewApp> {
  const state = randomBytes(16).toString("hex");
  const done = Promise.withResolvers<NewApp>();
  const nonce = randomBytes(16).toString("base64");
  let isUsed = false;
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      isUsed = false;
      send(
        response,
        502,
        page(
          "The registration failed",
          html`<p>${error instanceof Error ? error.message : "unknown error"}</p>
            <p><a href="/">Try again</a></p>`,
        ),
      );
    });
  });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new RunFailure("usage", `Port ${options.port} is in use; \`--port 0\` takes a free one`, error);
  });
  const own = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  // GitHub's code is valid for an hour, and so is this page.
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(PAGE_MILLISECONDS)]);
  const stop = (): void =>
    done.reject(
      options.signal.aborted
        ? (options.signal.reason as Error)
        : new RunFailure("usage", "Nobody pressed the button for an hour; run `casebook setup` again"),
    );
  signal.addEventListener("abort", stop, { once: true });
  try {
    tell(`http://${own}`);
    if (signal.aborted) stop();
    return await done.promise;
  } finally {
    signal.removeEventListener("abort", stop);
    server.close();
    // Browsers open connections in advance and keep them. The answer is sent already.
    server.closeAllConnections();
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", `http://${own}`);
    if (request.headers.host !== own) return send(response, 421, page("Wrong address", html``));
    if (request.method !== "GET") return send(response, 405, page("Wrong method", html``));
    if (url.pathname === "/") return send(response, 200, start());
    if (url.pathname !== "/done") return send(response, 404, page("Not found", html``));
    const code = url.searchParams.get("code");
    if (url.searchParams.get("state") !== state || code === null || isUsed)
      return send(
        response,
        403,
        page("Wrong address", html`<p>This address does not belong to the page that is open now.</p>`),
      );
    isUsed = true;
    const made = await exchangeCode(options.apiUrl, code);
    const place = options.keep(made);
    response.once("finish", () => done.resolve(made));
    send(
      response,
      200,
      page(
        "Registered",
        html`<p>
            GitHub registered the App <strong>${made.slug}</strong>. Its settings are in
            <code>${place}</code>.
          </p>
          <ol>
            <li><a href="${made.html_url}/installations/new">Install the App</a> on your repositories.</li>
            <li>Run <code>casebook serve</code> in the folder of that file.</li>
          </ol>
          <p>You can close this page.</p>`,
      ),
    );
  }

  function start(): Html {
    const { app, github, organization, webhook } = options;
    const path =
      organization === undefined
        ? "/settings/apps/new"
        : `/organizations/${encodeURIComponent(organization)}/settings/apps/new`;
    const manifest = JSON.stringify(manifestOf(app, { webhook, redirect: `http://${own}/done` }));
    return page(
      "Register Casebook",
      html`<p>${app.description}</p>
        <p>GitHub asks you to confirm an App of your own. It has these rights and no others:</p>
        <ul>
          ${Object.keys(app.default_permissions).map((name) => html`<li>${WORDS[name] ?? name}</li>`)}
        </ul>
        <p>GitHub sends webhooks to <code>${webhook}</code>.</p>
        <form method="post" action="${github}${path}?state=${state}">
          <input type="hidden" name="manifest" value="${manifest}" /><button>
            Register on ${new URL(github).host}
          </button>
        </form>`,
    );
  }

  function page(title: string, body: Html): Html {
    return html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title} – Casebook</title>
          <style nonce="${nonce}">
            :root {
              color-scheme: light dark;
            }
            body {
              max-width: 40rem;
              margin: 10vh auto;
              padding: 0 1rem;
              font:
                16px/1.6 system-ui,
                sans-serif;
            }
            button {
              font: inherit;
              padding: 0.6rem 1.2rem;
              border: 0;
              border-radius: 8px;
              background: #1a7f37;
              color: #fff;
              cursor: pointer;
            }
            code {
              overflow-wrap: anywhere;
            }
          </style>
        </head>
        <body>
          <h1>${title}</h1>
          ${body}
        </body>
      </html>`;
  }

  function send(response: ServerResponse, status: number, body: Html): void {
    if (response.headersSent) return;
    response.writeHead(status, {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      connection: "close",
      "content-security-policy": `default-src 'none'; style-src 'nonce-${nonce}'; form-action ${options.github}; base-uri 'none'; frame-ancestors 'none'`,
    });
    response.end(body.text);
  }
}
