/** How deeply details may nest; more would exhaust the stack of whoever walks them. */
export const MAX_DETAILS_DEPTH = 64;

/** The details of an event, parsed. */
export type Details = Readonly<Record<string, unknown>>;

/** The details of an event from their JSON text, "" being {}. Undefined when the text is not a JSON object. */
export function parseDetails(text: string): Details | undefined {
  if (text === "" || text === "{}") return {};
  if (nestsDeeper(text, MAX_DETAILS_DEPTH)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isDetails(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether a parsed JSON value is an object, neither an array nor null. */
export function isDetails(value: unknown): value is Details {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const quote = 0x22;
const backslash = 0x5c;
const opening: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const closing: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** Whether a JSON text nests deeper than allowed. Found by brackets alone, before anything recursive touches it. */
export function nestsDeeper(text: string, maxDepth: number): boolean {
  if (text.length <= maxDepth) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === backslash) at++;
      else if (char === quote) inString = false;
    } else if (char === quote) inString = true;
    else if (opening.has(char)) {
      if (++depth > maxDepth) return true;
    } else if (closing.has(char)) depth--;
  }
  return false;
}
