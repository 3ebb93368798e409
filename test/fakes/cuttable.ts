import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a server on this machine that can be cut, as the network between two processes can. */
export interface Cuttable extends AsyncDisposable {
  readonly url: string;
  /** Ends every connection and lets none begin. `lateAnswers`: what the server is sending still arrives; nothing more is asked. */
  cut(how?: { readonly lateAnswers: boolean }): void;
}

export async function cuttable(target: string): Promise<Cuttable> {
  const { hostname, port } = new URL(target);
  const open = new Set<{ readonly client: Socket; readonly server: Socket }>();
  let isCut = false;
  const way = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const server = connect(Number(port), hostname);
    const pair = { client, server };
    open.add(pair);
    for (const socket of [client, server]) {
      socket.on("error", () => undefined);
      socket.on("close", () => {
        open.delete(pair);
        client.destroy();
        server.destroy();
      });
    }
    client.pipe(server);
    server.pipe(client);
  });
  await once(way.listen(0, "127.0.0.1"), "listening");
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String((way.address() as AddressInfo).port);
  const cut: Cuttable["cut"] = ({ lateAnswers } = { lateAnswers: false }) => {
    isCut = true;
    for (const { client, server } of open)
      if (lateAnswers) client.unpipe(server).pause();
      else {
        client.destroy();
        server.destroy();
      }
  };
  return {
    url: url.href.replace(/\/$/, ""),
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      way.close();
      await once(way, "close");
    },
  };
}
