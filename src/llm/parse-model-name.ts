/** A name as model endpoints use them; whether the operator offers it is decided later. */
export function parseModelName(text: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$/.test(text) ? text : undefined;
}
