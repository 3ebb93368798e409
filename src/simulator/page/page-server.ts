import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { RunFailure } from "../../failure.ts";
import { type FileInput, fileHtml, liveHtml, pageHtml, type PageInput } from "./page.ts";

export interface PageServerOptions {
  readonly port: number;
  /** The current view. */
  readonly show: () => Promise<Omit<PageInput, "token" | "nonce">>;
  /** A file as `<branch or commit>/<path>`. */
  readonly file: (place: string) => Promise<FileInput | undefined>;
  /** Performs a submitted form. Throws RunFailure when it is not possible; the page shows its message. */
  readonly act: (form: URLSearchParams) => Promise<void>;
}

export interface PageServer {
  readonly url: string;
  /** Notifies the open pages of an event. */
  changed(): void;
  close(): Promise<void>;
}

/** A comment of 65,536 characters, each of three bytes, percent-encoded. */
const MAX_FORM = 65_536 * 9 + 1_000;

/** The page of a simulation. It listens on this machine only and answers requests for its own address only. */
export async function openPageServer(options: PageServerOptions): Promise<PageServer> {
  const token = randomBytes(16).toString("hex");
  const pages = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const isExpected = error instanceof RunFailure;
      send(response, isExpected ? 400 : 500, "text/plain", isExpected ? error.message : "That did not work");
    });
  });
  const own = `127.0.0.1:${await listen(server, options.port)}`;
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
    // DNS rebinding: another name that points at this machine is refused.
    const { host } = request.headers;
    if (host !== own && host !== own.replace("127.0.0.1", "localhost"))
      return send(response, 421, "text/plain", "not here");
    const path = request.url?.split("?", 1)[0] ?? "/";
    if (request.method === "POST" && path === "/act") {
      const form = await readForm(request);
      if (form.get("token") !== token) return send(response, 403, "text/plain", "not from this page");
      await options.act(form);
      response.writeHead(303, { location: "/" }).end();
      return;
    }
    if (request.method !== "GET") return send(response, 405, "text/plain", "no");
    if (path === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      // The page may have been rendered before this connection opened.
      response.write("data: changed\n\n");
      pages.add(response);
      response.on("close", () => pages.delete(response));
      return;
    }
    const nonce = randomBytes(16).toString("base64");
    if (path === "/live")
      return send(
        response,
        200,
        "text/html",
        liveHtml({ ...(await options.show()), token, nonce }).text,
        nonce,
      );
    if (path === "/")
      return send(
        response,
        200,
        "text/html",
        pageHtml({ ...(await options.show()), token, nonce }).text,
        nonce,
      );
    const place = decoded(/^\/blob\/(.+)$/.exec(path)?.[1] ?? "");
    const file = place === "" ? undefined : await options.file(place);
    if (file === undefined) return send(response, 404, "text/plain", "not found");
    return send(response, 200, "text/html", fileHtml({ ...file, nonce }).text, nonce);
  }
}

/** Gives the port. Throws RunFailure `usage` when it is taken. */
async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new RunFailure("usage", `Port ${port} is taken; --port 0 takes a free one`, error);
  }
  return (server.address() as AddressInfo).port;
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
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_FORM) throw new RunFailure("usage", "That is too long");
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return "";
  }
}
