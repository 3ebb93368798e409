import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { RunFailure } from "../failure.ts";
import type { mcpServers } from "./mcp-server.ts";

const PATH = "/mcp";
/** Connections at once; a client holds one or two. */
const MAX_CONNECTIONS = 32;

export interface McpHttp extends AsyncDisposable {
  /** `http://127.0.0.1:3200/mcp` */
  readonly url: string;
}

/**
 * Serves the protocol on loopback to clients that send the token. Each message is answered by a server of its own, so that no client
 * has a session that another one could take over. Throws RunFailure `usage` where the port is
 * taken.
 */
export async function startMcpHttp({
  port,
  token,
  open,
  onProblem,
}: {
  readonly port: number;
  readonly token: string;
  readonly open: ReturnType<typeof mcpServers>;
  readonly onProblem: (problem: string) => void;
}): Promise<McpHttp> {
  const wanted = digest(`Bearer ${token}`);
  const refuse = (response: ServerResponse, status: number, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { ...headers, connection: "close" }).end();
  };
  const http = createServer((request, response) => {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ""), wanted))
      refuse(response, 401, { "www-authenticate": "Bearer" });
    else if (request.url?.split("?")[0] !== PATH) refuse(response, 404);
    // Without a session there is no stream to open and none to end.
    else if (request.method !== "POST") refuse(response, 405, { allow: "POST" });
    else
      answer(request, response).catch((error: unknown) => {
        onProblem(`a message over HTTP failed: ${String(error)}`);
        if (response.headersSent) response.destroy();
        else refuse(response, 500);
      });
  });
  http.maxConnections = MAX_CONNECTIONS;
  http.listen(port, "127.0.0.1");
  try {
    await once(http, "listening");
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    throw new RunFailure("usage", `Casebook cannot listen on port ${port} (${code})`, error);
  }
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}${PATH}`,
    async [Symbol.asyncDispose]() {
      const closed = once(http, "close");
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    const server = open(gone.signal);
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    response.once("close", () => {
      gone.abort();
      void server.close();
    });
    await server.connect(transport);
    await transport.handleRequest(request, response);
  }
}

/** Of one length, so that comparing says nothing of the text. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
