const space = /[\t\n\v\f\r\u0085\p{Z}]/u;

/** Whether a character is a space to Go (`unicode.IsSpace`). */
export function isSpace(character: string): boolean {
  return space.test(character);
}

/** The text without the spaces at its ends, as Go's `strings.TrimSpace` leaves it. */
export function trimSpaces(text: string, isOne: (character: string) => boolean = isSpace): string {
  let start = 0;
  let end = text.length;
  while (start < end && isOne(text.charAt(start))) start++;
  while (end > start && isOne(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
