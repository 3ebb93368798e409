import { request as plain, type IncomingMessage } from "node:http";
import { request as secure } from "node:https";
import { Readable } from "node:stream";

/** Headers that go out; whatever else the library adds (about this machine, or taken from the environment) stays here. */
const HEADERS = ["accept", "authorization", "content-type"];

/** No answer came. Node's own error would lose its code on its way through the library. */
export class ConnectionFailure extends Error {
  /** `ECONNREFUSED`; empty when there is none. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "ConnectionFailure";
    this.code = code;
  }
}

/**
 * A `fetch` for one endpoint. Redirects are answers and never followed, so that the key goes to no other place; there is no
 * limit of time but the signal's (Node's own fetch gives up after five minutes without a header, which a local model can
 * take to read a long request). Each call has a connection of its own: one that is kept can be closed by the server at the
 * moment when the next request goes out, and nobody could tell that from a request that was worked and is paid for.
 */
export function httpFetch(
  userAgent: string,
): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
  return (input, init = {}) =>
    new Promise((resolve, reject) => {
      const url = new URL(input instanceof Request ? input.url : input);
      if (url.protocol !== "http:" && url.protocol !== "https:") {
        reject(new Error(`an http(s) address is expected, not ${url.protocol}`));
        return;
      }
      const given = new Headers(init.headers);
      const headers: Record<string, string> = { "user-agent": userAgent };
      for (const name of HEADERS) {
        const value = given.get(name);
        if (value !== null) headers[name] = value;
      }
      const body = typeof init.body === "string" ? Buffer.from(init.body) : undefined;
      if (body !== undefined) headers["content-length"] = String(body.length);
      const send = url.protocol === "https:" ? secure : plain;
      const request = send(url, {
        method: init.method ?? "GET",
        headers,
        agent: false,
        ...(init.signal ? { signal: init.signal } : {}),
      });
      request.once("response", (answer) => resolve(responseOf(answer)));
      request.on("error", (error: NodeJS.ErrnoException) =>
        reject(new ConnectionFailure(error.code ?? "", error.message)),
      );
      request.end(body);
    });
}

function responseOf(answer: IncomingMessage): Response {
  const status = answer.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  const hasBody = status !== 204 && status !== 205 && status !== 304 && status >= 200;
  if (!hasBody) answer.resume();
  return new Response(hasBody ? (Readable.toWeb(answer) as ReadableStream<Uint8Array>) : null, {
    status: status >= 200 && status <= 599 ? status : 502,
    headers,
  });
}
