/** One pair and the blanks behind it: a key, then nothing, a bare value or a quoted one. */
const PAIR = /([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?(?:\s+|$)/y;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/**
 * A line of logfmt (`level=info msg="it is up" port=80`) as an object of texts; undefined when it is none: it must begin
 * with `key=`, be pairs to its end, and most of them must have a value. A key without `=` is "true", as in Go's logfmt.
 */
export function parseLogfmt(line: string): object | undefined {
  const text = line.trim();
  if (!/^[A-Za-z_][\w.@/-]*=/.test(text)) return undefined;
  const pairs = new Map<string, string>();
  let bare = 0;
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < text.length) {
    const match = PAIR.exec(text);
    if (match === null) return undefined;
    const [whole, key = "", quoted, value] = match;
    if (quoted === undefined && value === undefined && !whole.includes("=")) bare += 1;
    pairs.set(key, quoted === undefined ? (value ?? "true") : unescaped(quoted));
  }
  return bare * 2 < pairs.size ? Object.fromEntries(pairs) : undefined;
}

function unescaped(quoted: string): string {
  return quoted.includes("\\") ? quoted.replace(/\\(.)/gs, (_, char: string) => ESCAPES[char] ?? char) : quoted;
}
