import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Metrics } from "./metrics.ts";
import type { WebhookHandler } from "./webhooks.ts";

export const WEBHOOK_PATH = "/api/github/webhooks";

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  /** Undefined in a worker: it has no webhooks. */
  readonly webhooks: WebhookHandler | undefined;
  readonly metrics: Pick<Metrics, "delivery" | "acknowledged" | "text" | "contentType">;
  /** Resolves when the process can do anything at all. */
  readonly alive: () => Promise<void>;
  /** Throws NotReady while the process cannot take deliveries or run jobs. */
  readonly ready: () => Promise<void>;
  /** Bytes of a body that are accepted. */
  readonly maxBytes: number;
}

export interface HttpServer {
  readonly url: string;
  /** Accepts no further request and lets the open ones end; cuts those that have not after so many milliseconds. */
  close(milliseconds?: number): Promise<void>;
}

/** Why the process is not ready, in words that anybody may read. */
export class NotReady extends Error {}

/** GitHub gives up after ten seconds; a slow or endless body is refused before. */
const BODY_MILLISECONDS = 9_000;

/** Serves webhooks, health, readiness and metrics. Every other path is 404. */
export async function openHttpServer(options: HttpOptions): Promise<HttpServer> {
  const server = createServer((request, response) => {
    handle(request, response, options).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  const { address, family, port } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${port}`,
    close: (milliseconds = 10_000) => closeServer(server, milliseconds),
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpOptions,
): Promise<void> {
  const path = request.url?.split("?", 1)[0];
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (path === WEBHOOK_PATH && request.method === "POST" && options.webhooks !== undefined)
    return webhook(request, response, options.webhooks, options);
  if (path === "/healthz" && isRead) {
    await options.alive();
    return text(response, 200, "ok\n");
  }
  if (path === "/readyz" && isRead) {
    try {
      await options.ready();
      return text(response, 200, "ready\n");
    } catch (error) {
      return text(response, 503, error instanceof NotReady ? `not ready: ${error.message}\n` : "not ready\n");
    }
  }
  if (path === "/metrics" && isRead)
    return text(response, 200, await options.metrics.text(), options.metrics.contentType);
  return text(response, 404, "not found\n");
}

async function webhook(
  request: IncomingMessage,
  response: ServerResponse,
  handle: WebhookHandler,
  { metrics, maxBytes }: HttpOptions,
): Promise<void> {
  const from = performance.now();
  const body = await readBody(request, maxBytes);
  if (typeof body === "number") {
    response.setHeader("connection", "close");
    text(response, body, body === 413 ? "too large\n" : "too slow\n");
    // The rest of the body is not read.
    response.once("finish", () => request.destroy());
  } else await handle(request, response, body);
  if (response.statusCode >= 400) metrics.delivery(response.statusCode >= 500 ? "failed" : "refused");
  metrics.acknowledged((performance.now() - from) / 1000);
}

/** The bytes of the body; a status when they are too many or too slow. */
function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | 408 | 413> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return Promise.resolve(413);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const timer = setTimeout(() => end(408), BODY_MILLISECONDS);
    const end = (result: Buffer | 408 | 413): void => {
      clearTimeout(timer);
      request.removeAllListeners("data");
      request.pause();
      resolve(result);
    };
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) end(413);
      else chunks.push(chunk);
    });
    request.on("end", () => end(Buffer.concat(chunks)));
    request.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

function text(
  response: ServerResponse,
  status: number,
  body: string,
  type = "text/plain; charset=utf-8",
): void {
  response.writeHead(status, {
    "content-type": type,
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'",
  });
  response.end(body);
}

function closeServer(server: Server, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), milliseconds);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
