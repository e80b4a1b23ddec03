import { textOfBytes } from "./quote.ts";

const simple: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

const escapes = /\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/g;

const rightEscapes =
  /^(?:[^\\]|\\(?:[abfnrtv\\'"]|x[\da-fA-F]{2}|[0-3][0-7]{2}|u(?![dD][89a-fA-F])[\da-fA-F]{4}|U00(?:0[\da-fA-F]|10)[\da-fA-F]{4}))*$/u;

/**
 * What a quoted text of Go, Prometheus or Loki says: in double or single quotes with Go's escapes, in backticks as it stands. The
 * text is one that a lexer has found; its escapes are right. `\xNN` and `\NNN` are bytes; see `textOfBytes` for wrong ones.
 */
export function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith("`") || !inner.includes("\\")) return inner;
  if (!/\\[x0-7]/.test(inner)) return inner.replace(escapes, (...groups) => characterOf(groups));
  const bytes: Uint8Array[] = [];
  let at = 0;
  for (const match of inner.matchAll(escapes)) {
    bytes.push(Buffer.from(inner.slice(at, match.index)));
    at = match.index + match[0].length;
    const byte = match[2] === undefined ? Number.parseInt(match[5] ?? "", 8) : Number.parseInt(match[2], 16);
    bytes.push(Number.isNaN(byte) ? Buffer.from(characterOf(match)) : Uint8Array.of(byte));
  }
  bytes.push(Buffer.from(inner.slice(at)));
  return textOfBytes(Buffer.concat(bytes));
}

/** What stands between double quotes in Go, its escapes resolved (`strconv.Unquote`); undefined where an escape is wrong. */
export function unquoteGo(body: string): string | undefined {
  if (!body.includes("\\")) return body;
  return rightEscapes.test(body) ? unquote(`"${body}"`) : undefined;
}

function characterOf(groups: readonly (string | undefined)[]): string {
  const [, letter, , short, long] = groups;
  if (letter !== undefined) return simple[letter] ?? letter;
  return String.fromCodePoint(Number.parseInt(short ?? long ?? "fffd", 16));
}
