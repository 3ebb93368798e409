import { ApiRefusal } from "../api.ts";
import type { WebhookSender } from "../webhooks.ts";
import { onlyApp } from "./app.ts";
import { numberOf, type OtherRoute } from "./route.ts";

/** The log of deliveries, and sending one again. */
export function hookRoutes(webhooks: WebhookSender): readonly OtherRoute[] {
  return [
    {
      at: "GET /app/hook/deliveries",
      async answer(world, request) {
        onlyApp(request);
        const size = Math.min(100, Math.max(1, Number(request.query.get("per_page") ?? 30) || 30));
        const cursor = request.query.get("cursor");
        const { items, next } = webhooks.deliveries({
          perPage: size,
          ...(cursor === null ? {} : { cursor }),
        });
        const link = `<${world.url}/app/hook/deliveries?per_page=${size}&cursor=${next}>; rel="next"`;
        return { status: 200, body: items, ...(next === undefined ? {} : { headers: { link } }) };
      },
    },
    {
      at: "POST /app/hook/deliveries/{delivery_id}/attempts",
      async answer(_world, request) {
        onlyApp(request);
        try {
          await webhooks.redeliver(numberOf(request, "delivery_id"));
        } catch {
          throw new ApiRefusal(404, "Not Found");
        }
        return { status: 202, body: {} };
      },
    },
  ];
}
