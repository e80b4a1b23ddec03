/** A text as Postgres can keep it: without halves of characters, which cutting leaves, and without NUL. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll("\u0000", "\uFFFD");
}
