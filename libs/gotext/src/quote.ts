const short: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/**
 * Where the bytes of a text are no UTF-8, each that is wrong stands as the lone surrogate U+DC80 to U+DCFF: a text then
 * keeps what it was written with, and `isWellFormed` tells that it is wrong.
 */
const wrongByte = { first: 0xdc80, last: 0xdcff };

/** The text in quotes, as Go's `%q` writes it (`strconv.Quote`; with `'` as `%q` does a character). */
export function quote(text: string, mark: '"' | "'" | "" = '"'): string {
  let quoted = mark;
  for (const character of text) quoted += quoteCharacter(character, mark);
  return quoted + mark;
}

function quoteCharacter(character: string, mark: string): string {
  if (character === mark) return `\\${character}`;
  const escaped = short[character];
  if (escaped !== undefined) return escaped;
  const code = character.codePointAt(0) ?? 0;
  if (code >= wrongByte.first && code <= wrongByte.last) return `\\x${(code - 0xdc00).toString(16)}`;
  if (printable.test(character)) return character;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x1_0000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}

/** The text in quotes, as Go's messages about times and durations write it: what is no ASCII byte by byte. */
export function quoteTime(text: string): string {
  const escaped = text.replace(/["\\]/g, "\\$&").replace(/[^ -\x7f]/gu, (character) => {
    return [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
  });
  return `"${escaped}"`;
}

/** Bytes as text; see `wrongByte`. */
export function textOfBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return textOfWrongBytes(bytes);
  }
}

function textOfWrongBytes(bytes: Uint8Array): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const length = [1, 2, 3, 4].find((count) => isCharacter(bytes.subarray(at, at + count), count));
    text +=
      length === undefined
        ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0))
        : decoder.decode(bytes.subarray(at, at + length));
    at += length ?? 1;
  }
  return text;
}

function isCharacter(bytes: Uint8Array, count: number): boolean {
  if (bytes.length !== count) return false;
  try {
    return [...new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)].length === 1;
  } catch {
    return false;
  }
}
