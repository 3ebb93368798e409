/** The JSON object in a reply, which a model may wrap in words; undefined where there is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
  } catch {
    return undefined;
  }
}
