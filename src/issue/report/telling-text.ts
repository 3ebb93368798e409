const ADDRESS = /(?:\b[a-z][a-z0-9+.-]{1,12}:\/\/|\bwww\.)[^\s<>"'`)\]]{1,2000}/gi;
/** The path of a link to code: `/owner/name/blob/main/src/a.c`. */
const CODE_PATH = /\/(?:blob|blame|tree|raw)\/[^/\s]{1,250}\/([^?#\s]{1,1000})/;
/** The host of a code link is known by its path, whatever its name. */
const MAIL = /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,60}(?:\.[\w-]{1,60}){1,5}/g;
/** A hash, a UUID, an address of memory. Seven letters alone may be a word. */
const HASH =
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?:0x)?(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,128}\b/gi;

/**
 * The text without what names nothing in code: addresses (of a link to code its path stays), mail addresses, hashes. Linear.
 */
export function tellingText(text: string): string {
  return text
    .replace(ADDRESS, (address) => CODE_PATH.exec(address)?.[1] ?? " ")
    .replace(MAIL, " ")
    .replace(HASH, " ");
}
