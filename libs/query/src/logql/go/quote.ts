const simple: ReadonlyMap<string, number> = new Map([
  ["a", 7],
  ["b", 8],
  ["f", 12],
  ["n", 10],
  ["r", 13],
  ["t", 9],
  ["v", 11],
  ["\\", 92],
  ["'", 39],
  ['"', 34],
]);

/** How many digits follow each numeric escape, and their base. */
const numeric: ReadonlyMap<string, readonly [digits: number, base: number]> = new Map([
  ["x", [2, 16]],
  ["u", [4, 16]],
  ["U", [8, 16]],
]);

/**
 * What stands between the quotes of one of Go's string literals, its escapes resolved (`strconv.Unquote`). Bytes written as `\x` and
 * octal escapes make UTF-8 together. Undefined where an escape is wrong.
 */
export function unquoteGo(body: string): string | undefined {
  if (!body.includes("\\")) return body;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  let at = 0;
  while (at < body.length) {
    const slash = body.indexOf("\\", at);
    const end = slash < 0 ? body.length : slash;
    for (const byte of encoder.encode(body.slice(at, end))) bytes.push(byte);
    if (slash < 0) break;
    const taken = unescapeInto(bytes, body, slash + 1);
    if (taken === 0) return undefined;
    at = slash + 1 + taken;
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

/** Appends what the escape at `at`, behind its backslash, means. Returns its length, 0 when it is none. */
function unescapeInto(bytes: number[], body: string, at: number): number {
  const letter = body[at] ?? "";
  const byte = simple.get(letter);
  if (byte !== undefined) {
    bytes.push(byte);
    return 1;
  }
  const [digits, base, skip] = /[0-7]/.test(letter) ? [3, 8, 0] : [...(numeric.get(letter) ?? [0, 0]), 1];
  const text = body.slice(at + (skip ?? 0), at + (skip ?? 0) + (digits ?? 0));
  const isNumber = base === 8 ? /^[0-7]{3}$/.test(text) : text.length === digits && /^[0-9a-fA-F]+$/.test(text);
  if (!isNumber) return 0;
  const code = Number.parseInt(text, base);
  if (letter === "u" || letter === "U") {
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return 0;
    for (const unit of new TextEncoder().encode(String.fromCodePoint(code))) bytes.push(unit);
  } else if (code > 255) return 0;
  else bytes.push(code);
  return (digits ?? 0) + (skip ?? 0);
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["\x07", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
  ["\\", "\\\\"],
  ['"', '\\"'],
]);

/** A text as one of Go's string literals (`strconv.Quote`). */
export function quoteGo(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to be escaped
  const escaped = text.replace(/[\x00-\x1f\\"\x7f-\x9f\u2028\u2029\ufeff]/g, (char) => {
    const code = char.charCodeAt(0);
    const short = escapes.get(char);
    if (short !== undefined) return short;
    return code < 0x80 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return `"${escaped}"`;
}
