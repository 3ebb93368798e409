import { type Logger, pino } from "pino";
import type { Log, LogIds } from "../service/service.ts";
import type { ServerConfig } from "./server-config.ts";

/** One JSON object a line on standard output. JSON escapes control characters, so nobody can forge a line. */
export function openLogger({ logLevel }: Pick<ServerConfig, "logLevel">, secrets: readonly string[]): Logger {
  const hide = hiderOf(secrets);
  return pino(
    { level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => void process.stdout.write(hide(line)) },
  );
}

/** The service's log lines with ids and no text of people. Of an error: name, message, stack. */
export function serviceLog(logger: Logger): Log {
  return {
    info: (what, ids) => logger.info(ids, what),
    warn: (what, ids) => logger.warn(ids, what),
    error: (what, ids, error) => logger.error({ ...ids, ...errorFields(error) }, what),
  };
}

export function errorFields(error: unknown): LogIds & { error?: string; stack?: string } {
  if (!(error instanceof Error)) return { error: String(error) };
  const { name, message, stack } = error;
  return { error: `${name}: ${message}`, ...(stack === undefined ? {} : { stack }) };
}

/** Hides live secrets in a line: plain, in base64 or hex, or escaped. Tokens of GitHub are recognised by their shape. */
export function hiderOf(secrets: readonly string[]): (line: string) => string {
  const forms = secrets
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString("base64"),
      Buffer.from(secret).toString("hex"),
      encodeURIComponent(secret),
      ...secret.split("\n").filter((line) => line.length > 30 && !line.startsWith("-----")),
    ])
    .filter((form) => form.length >= 8);
  return (line) => {
    let shown = line;
    for (const form of forms) if (shown.includes(form)) shown = shown.replaceAll(form, "[secret]");
    return shown.replace(/\b(?:gh[opsur]_|github_pat_|v1\.[0-9a-f]{8})[A-Za-z0-9_.-]{8,}/g, "[token]");
  };
}
