/**
 * The bare server that `bench-acks.ts` compares the App with: it checks the signature, stores the delivery in the same database and
 * answers. It works no job. `node scripts/bare-webhooks.ts FOLDER-OR-URL SECRET` prints its address.
 */
import { createHash, createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { openStore } from "../src/store/io/open-store.ts";

const [place = "", secret = ""] = process.argv.slice(2);
const store = await openStore(place.startsWith("postgres") ? { url: place } : { folder: place });
const server = createServer((request, response) => {
  const answer = async (): Promise<number> => {
    const body = await buffer(request);
    const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
    if (request.headers["x-hub-signature-256"] !== signature) return 400;
    const payload = JSON.parse(body.toString()) as { readonly installation: { readonly id: number } };
    await store.acceptDelivery({
      key: createHash("sha256").update(body).digest("hex"),
      guid: String(request.headers["x-github-delivery"]),
      event: String(request.headers["x-github-event"]),
      payload,
      installation: payload.installation.id,
      wanted: true,
    });
    return 200;
  };
  void answer()
    .catch(() => 503)
    .then((status) => response.writeHead(status).end());
});
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
  void store[Symbol.asyncDispose]();
});
