import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { liveHtml, pageHtml, type PageInput } from "./page.ts";

export interface PageServerOptions {
  readonly port: number;
  /** What there is to show now. */
  readonly show: () => Promise<Omit<PageInput, "token" | "nonce">>;
  /** What a person pressed. */
  readonly act: (action: {
    readonly kind: string;
    readonly who: string;
    readonly text: string;
  }) => Promise<void>;
}

export interface PageServer {
  readonly url: string;
  /** Tells the open pages that something happened. */
  changed(): void;
  close(): Promise<void>;
}

const MAX_FORM = 100_000;

/** The page of a simulation, on this machine alone: its own address is the only one that is answered. */
export async function openPageServer({ port, show, act }: PageServerOptions): Promise<PageServer> {
  const token = randomBytes(16).toString("hex");
  const pages = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      send(response, 400, "text/plain", `${error instanceof Error ? error.message : String(error)}\n`);
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const own = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${own}`,
    changed: () => pages.forEach((page) => page.write("data: changed\n\n")),
    async close() {
      for (const page of pages) page.end();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A name that somebody else points at this machine is not this page.
    const { host } = request.headers;
    if (host !== own && host !== own.replace("127.0.0.1", "localhost"))
      return send(response, 421, "text/plain", "not here\n");
    const path = request.url?.split("?", 1)[0];
    if (request.method === "POST" && path === "/act") {
      const form = await readForm(request);
      if (form.get("token") !== token) return send(response, 403, "text/plain", "not from this page\n");
      await act({
        kind: form.get("do") ?? "comment",
        who: form.get("who") ?? "",
        text: form.get("text") ?? "",
      });
      response.writeHead(303, { location: "/" }).end();
      return;
    }
    if (request.method !== "GET") return send(response, 405, "text/plain", "no\n");
    if (path === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      pages.add(response);
      request.on("close", () => pages.delete(response));
      return;
    }
    const nonce = randomBytes(16).toString("base64");
    const input = { ...(await show()), token, nonce };
    if (path === "/live") return send(response, 200, "text/html", liveHtml(input).text);
    if (path === "/") return send(response, 200, "text/html", pageHtml(input).text, nonce);
    return send(response, 404, "text/plain", "not found\n");
  }
}

function send(response: ServerResponse, status: number, type: string, body: string, nonce?: string): void {
  if (response.headersSent) return;
  response.writeHead(status, {
    "content-type": `${type}; charset=utf-8`,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy":
      nonce === undefined
        ? "default-src 'none'"
        : `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  });
  response.end(body);
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = "";
  for await (const chunk of request) {
    text += (chunk as Buffer).toString();
    if (text.length > MAX_FORM) throw new Error("too long");
  }
  return new URLSearchParams(text);
}
