const marker = "…";

/**
 * The text in at most `max` characters (code points, as Go's runes), the last of which says that something is missing
 * (Alertmanager's TruncateInRunes, notify/util.go).
 */
export function truncateChars(text: string, max: number): string {
  // No text has more characters than UTF-16 units.
  if (text.length <= max) return text;
  const chars = Array.from(text);
  if (chars.length <= max) return text;
  return max <= 3 ? chars.slice(0, max).join("") : chars.slice(0, max - 1).join("") + marker;
}

/**
 * The text in at most `max` bytes of UTF-8, whole characters only (Alertmanager's TruncateInBytes, notify/util.go).
 */
export function truncateBytes(text: string, max: number): string {
  if (Buffer.byteLength(text) <= max) return text;
  if (max <= 3) return max === 3 ? marker : ".".repeat(max);
  const bytes = Buffer.from(text);
  let end = max - 3;
  // 10xxxxxx: in the middle of a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end) + marker;
}
