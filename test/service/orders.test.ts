import { expect, test } from "@jest/globals";
import { FORMS, VERBS } from "../../src/investigation/commands/forms.ts";
import { newInvestigation, type Investigation } from "../../src/investigation/investigation.ts";
import { handleDelivery } from "../../src/service/handle-delivery.ts";
import {
  ada,
  commented,
  eve,
  issue,
  memoryStore,
  momentOf,
  payloadIssue,
  place,
  say,
  serviceOf,
} from "./one-issue.ts";

const comments = [
  say(10, ada, "/casebook investigate"),
  say(11, eve, "/casebook cancel"),
  say(12, ada, "/casebook cancel"),
  say(13, ada, "/casebook root-cause"),
];
/** Four comments, a label and a lock that was lifted again: six deliveries of one history. */
const history: readonly { readonly event: string; readonly payload: object }[] = [
  ...comments.map((comment) => ({ event: "issue_comment", payload: commented(comment) })),
  {
    event: "issues",
    payload: {
      action: "labeled",
      issue: payloadIssue,
      label: { name: "casebook:comprehension" },
      sender: ada,
      ...place,
    },
  },
  { event: "issues", payload: { action: "unlocked", issue: payloadIssue, sender: ada, ...place } },
];

function ordersOf(length: number): readonly (readonly number[])[] {
  if (length === 0) return [[]];
  return ordersOf(length - 1).flatMap((order) =>
    Array.from({ length }, (_, at) => [...order.slice(0, at), length - 1, ...order.slice(at)]),
  );
}

/** Delivers in an order, each `times` times under another GUID; gives what the investigation came to. */
async function endOf(order: readonly number[], times: number): Promise<Investigation> {
  const store = memoryStore();
  const service = serviceOf(momentOf(issue, comments), store);
  for (const at of order)
    for (let again = 0; again < times; again++) {
      const key = `${at}-${again}`;
      const { event, payload } = history[at]!;
      store.deliveries.set(key, { key, guid: key, event, payload, wanted: true, receivedAt: 0 });
      await handleDelivery(service, { key });
      expect(store.deliveries.get(key)?.outcome).toBeDefined();
    }
  return store.present() ?? newInvestigation(7, 42);
}

test("all 720 orders of six deliveries end the same", async () => {
  const orders = ordersOf(6);
  expect(orders).toHaveLength(720);
  const expected = await endOf([0, 1, 2, 3, 4, 5], 1);
  expect(expected).toMatchObject({ stage: "queued", wanted: ["comprehension", "root-cause"] });
  const others: string[] = [];
  for (const order of orders) {
    const end = await endOf(order, 1);
    if (JSON.stringify(end) !== JSON.stringify(expected))
      others.push(`${order.join("")}: ${JSON.stringify(end)}`);
  }
  expect(others.slice(0, 2)).toEqual([]);
});

test("each delivery three times under other numbers ends the same", async () => {
  expect(await endOf([0, 1, 2, 3, 4, 5], 3)).toEqual(await endOf([0, 1, 2, 3, 4, 5], 1));
  expect(await endOf([5, 3, 1, 4, 0, 2], 3)).toEqual(await endOf([0, 1, 2, 3, 4, 5], 1));
});

test.each(VERBS)(
  "%s counts against the starts of an hour exactly when its row says that it starts work",
  async (verb) => {
    const usage = FORMS[verb].usage
      .replaceAll(/ \[[^\]]*\]/g, "")
      .replace("PHASE", "root-cause")
      .replace("PATH:LINE", "a/b.ts:3");
    const comment = say(10, ada, `/casebook ${usage.replace("[-LINE]", "")}`);
    const store = memoryStore(100);
    store.deliveries.set("a", {
      key: "a",
      guid: "a",
      event: "issue_comment",
      payload: commented(comment),
      wanted: true,
      receivedAt: 0,
    });
    await handleDelivery(serviceOf(momentOf({ ...issue, labels: [] }, [comment]), store), { key: "a" });
    const [ask] = store.present()?.asks ?? [];
    expect(ask?.text).toBe(comment.body);
    expect(ask?.note?.startsWith("One person can start 100 runs an hour here") === true).toBe(
      FORMS[verb].effect === "starts",
    );
  },
);

test("what was edited before it was read counts as it was signed, and only there", async () => {
  const store = memoryStore();
  const edited = comments.map((comment) => ({
    ...comment,
    body: "/casebook fix",
    updatedAt: "2026-01-01T00:40:00Z",
  }));
  const service = serviceOf(momentOf({ ...issue, labels: [] }, edited), store);
  store.deliveries.set("a", {
    key: "a",
    guid: "a",
    event: "issue_comment",
    payload: commented(comments[0]!),
    wanted: true,
    receivedAt: 0,
  });
  await handleDelivery(service, { key: "a" });
  expect(store.present()?.asks.map(({ text }) => text)).toEqual(["/casebook investigate"]);
});
