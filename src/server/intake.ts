import type { Self } from "../github/read-delivery.ts";
import { type HttpOptions, type HttpServer, openHttpServer } from "./http-server.ts";
import { watchedSecrets } from "./webhook-secrets.ts";
import { type DeliveryStore, openWebhooks, type WebhookOptions } from "./webhooks.ts";

/** What the intake is configured with. It can be sent to a thread. */
export interface IntakeSettings {
  /** Our own account, as far as it is known: what it did is no reason to act. */
  readonly self: Self;
  readonly privateKey: string;
  readonly secrets: readonly string[];
  /** The file of the secrets, which is read again when it changes. */
  readonly secretsPath: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly maxBytes: number;
}

/** What the rest of the process does for the intake. */
export interface IntakeHost extends Pick<HttpOptions, "metrics" | "alive" | "ready"> {
  readonly logger: WebhookOptions["logger"];
}

/** The side of the App that webhooks reach: the socket, the signature, and the place where deliveries are safe. */
export interface Intake extends HttpServer {
  /** Our own account, as GitHub names it. */
  learn(self: Self): void;
  /** Bytes of deliveries that are acknowledged and not in the database yet. */
  waiting(): number;
}

/** Listens and keeps deliveries in `store`, all on this thread. */
export async function openIntake(
  settings: IntakeSettings,
  store: DeliveryStore,
  { logger, metrics, alive, ready }: IntakeHost,
): Promise<Intake> {
  const { privateKey, secrets, secretsPath, host, port, maxBytes } = settings;
  let { self } = settings;
  const webhooks = await openWebhooks({
    appId: self.appId,
    privateKey,
    secrets:
      secretsPath === undefined
        ? () => secrets
        : watchedSecrets(secretsPath, secrets, (problem) =>
            logger.error(
              { problem },
              "the file of WEBHOOK_SECRETS_PATH is wrong; what it held before counts",
            ),
          ),
    store,
    metrics,
    logger,
    self: () => self,
  });
  const http = await openHttpServer({ host, port, webhooks, metrics, alive, ready, maxBytes });
  return { ...http, learn: (known) => void (self = known), waiting: () => 0 };
}
