import { sha256 } from "../text/hash.ts";

/** Names an issue's title and text as they are: another digest means that somebody edited one of them. */
export function textDigest({ title, body }: { readonly title: string; readonly body: string }): string {
  return sha256(`${title}\0${body.replaceAll(/\r\n?/g, "\n")}`);
}
