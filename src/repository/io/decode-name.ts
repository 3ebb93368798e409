const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A file name as text; bytes that are not UTF-8 as `\xNN` each, and `isText` false. */
export function decodeName(bytes: Uint8Array): { readonly name: string; readonly isText: boolean } {
  try {
    return { name: utf8.decode(bytes), isText: true };
  } catch {
    return { name: escapeBytes(bytes), isText: false };
  }
}

function escapeBytes(bytes: Uint8Array): string {
  let name = "";
  for (const byte of bytes)
    name +=
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
  return name;
}
