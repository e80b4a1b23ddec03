import { truncateBytes } from "./truncate.ts";

/**
 * The longest beginning of a text with which a whole message keeps to its bytes. How many bytes a character takes in JSON
 * depends on the character, so that it is tried: `bytesOf` is the message's length with that much of the text.
 */
export function fitBytes(text: string, maxBytes: number, bytesOf: (part: string) => number): string {
  if (bytesOf(text) <= maxBytes) return text;
  let least = 0;
  let most = Math.min(Buffer.byteLength(text), maxBytes);
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (bytesOf(truncateBytes(text, middle)) <= maxBytes) least = middle;
    else most = middle - 1;
  }
  return truncateBytes(text, least);
}
