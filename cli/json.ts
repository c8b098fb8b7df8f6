/** The value of a JSON text; undefined for what is none: what a program or a server says may be anything. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
