import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, test } from "@jest/globals";
import { git } from "../../../src/repository/io/git.ts";

/** A server that takes connections and never says a word. */
async function silentServer(): Promise<
  AsyncDisposable & { readonly url: string; readonly connected: Promise<Socket> }
> {
  const connected = Promise.withResolvers<Socket>();
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.resume();
    connected.resolve(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a/b.git`,
    connected: connected.promise,
    async [Symbol.asyncDispose]() {
      server.close();
      (await connected.promise).destroy();
      await once(server, "close");
    },
  };
}

test("a server that never answers is given up, and nobody is left who waits for it", async () => {
  await using server = await silentServer();
  const asked = git(["ls-remote", server.url], { protocol: "http", seconds: 1 });
  const gone = once(await server.connected, "close");
  await expect(asked).rejects.toMatchObject({
    code: "repository-unreachable",
    message: "The repository cannot be read from there: git ls-remote took more than 1 s",
  });
  // The program that talks to the server is a child of git; it is gone too.
  await gone;
});

test("a call that is cancelled ends its helpers", async () => {
  await using server = await silentServer();
  const cancel = new AbortController();
  const asked = git(["ls-remote", server.url], { protocol: "http", signal: cancel.signal });
  const gone = once(await server.connected, "close");
  cancel.abort(new Error("cancelled"));
  await expect(asked).rejects.toThrow("cancelled");
  await gone;
});
