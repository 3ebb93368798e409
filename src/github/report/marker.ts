import type { SafeText } from "../../text/safe-text.ts";

/**
 * A comment that pages do not show, by which our own texts are found again. It holds the App's number, so that two
 * installations of the same bot do not take each other's. It proves nothing: callers look at the author first.
 */
export interface Marker {
  readonly appId: number;
  /** `status`, `pull`, `configuration`. */
  readonly kind: string;
  readonly subject: string;
}

export function withMarker(text: SafeText, { appId, kind, subject }: Marker): SafeText {
  return `${text}\n\n<!-- casebook:${appId}:${kind}:${subject} -->` as SafeText;
}

/** The marker in the last line. */
export function readMarker(body: string): Marker | undefined {
  const match = /(?:^|\n)<!-- casebook:(\d{1,15}):([a-z-]{1,30}):([A-Za-z0-9-]{1,50}) -->\s{0,10}$/.exec(
    body.slice(-200).replace(/\r\n?/g, "\n"),
  );
  return match === null ? undefined : { appId: Number(match[1]), kind: match[2]!, subject: match[3]! };
}
