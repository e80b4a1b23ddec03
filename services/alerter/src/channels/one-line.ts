/** The beginning of a text as one line. */
export function oneLine(text: string, maxChars: number): string {
  return text
    .slice(0, 4 * maxChars)
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, maxChars);
}
