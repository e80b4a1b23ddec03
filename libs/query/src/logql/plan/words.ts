/** A word of the index is a run of these; every character outside of ASCII belongs to words. */
const isWordUnit = (code: number) =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code >= 128;

/** Which ends of a text are known to be ends of what it is found in. */
export interface TextEnds {
  readonly atStart: boolean;
  readonly atEnd: boolean;
}

/**
 * The words that everything which contains the text certainly has: those that the text shows both ends of. `error: no such` has "no";
 * "error" may go on before, "such" behind.
 */
export function certainWords(text: string, { atStart, atEnd }: TextEnds = { atStart: false, atEnd: false }): string[] {
  const words = new Set<string>();
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && isWordUnit(text.charCodeAt(at))) continue;
    const hasStart = start > 0 || atStart;
    const hasEnd = at < text.length || atEnd;
    if (at > start && hasStart && hasEnd) words.add(text.slice(start, at));
    start = at + 1;
  }
  return [...words];
}
