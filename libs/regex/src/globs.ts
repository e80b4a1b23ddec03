/** What stands for any text in a glob: `.*`, and `.+`. */
export const ANY = 0;
export const SOME = 1;

/** Literal texts with `.*` and `.+` between them, in order. */
export type Glob = readonly (string | typeof ANY | typeof SOME)[];

/** The most texts that a pattern's groups are multiplied out to, such as 6 for `(a|b|c)-(x|y)`. */
const maxGlobs = 256;

/** The most parts of a glob: each one that is added copies those before. */
const maxParts = 64;

const special = new Set("\\.+*?()|[]{}^$");
const escapable = /^[!-/:-@[-`{-~]$/;

interface Reader {
  readonly source: string;
  at: number;
}

/**
 * A pattern as the globs that match what it matches as a whole, where `.` is any character: most patterns of dashboards are a
 * text, a list of texts, or a text that begins or ends somehow, for which no automaton is needed. Null when it is
 * anything else, or wrong.
 */
export function globsOf(source: string): readonly Glob[] | null {
  const reader = { source, at: 0 };
  const globs = readAlternatives(reader);
  return reader.at === source.length ? globs : null;
}

function readAlternatives(reader: Reader): readonly Glob[] | null {
  const globs: Glob[] = [];
  for (;;) {
    const read = readSequence(reader);
    if (read === null || globs.length + read.length > maxGlobs) return null;
    globs.push(...read);
    if (reader.source[reader.at] !== "|") return globs;
    reader.at++;
  }
}

function readSequence(reader: Reader): readonly Glob[] | null {
  let globs: readonly Glob[] = [[]];
  while (reader.at < reader.source.length && reader.source[reader.at] !== "|" && reader.source[reader.at] !== ")") {
    const next = readItem(reader);
    if (next === null || globs.length * next.length > maxGlobs) return null;
    // What is repeated is more than a glob can say.
    if ("*+?{".includes(reader.source[reader.at] ?? " ")) return null;
    globs = globs.flatMap((glob) => next.map((more) => join(glob, more)));
    if (globs.some((glob) => glob.length > maxParts)) return null;
  }
  return globs;
}

function readItem(reader: Reader): readonly Glob[] | null {
  const { source } = reader;
  const sign = String.fromCodePoint(source.codePointAt(reader.at) ?? 0);
  if (sign === "(") return readGroup(reader);
  if (sign === ".") {
    const repeat = source[reader.at + 1];
    reader.at += 2;
    if (repeat === "*") return [[ANY]];
    return repeat === "+" ? [[SOME]] : null;
  }
  if (sign === "\\") {
    const escaped = source[reader.at + 1] ?? "";
    reader.at += 2;
    return escapable.test(escaped) ? [[escaped]] : null;
  }
  reader.at += sign.length;
  return special.has(sign) ? null : [[sign]];
}

function readGroup(reader: Reader): readonly Glob[] | null {
  reader.at++;
  if (reader.source.startsWith("?:", reader.at)) reader.at += 2;
  const globs = readAlternatives(reader);
  if (globs === null || reader.source[reader.at] !== ")") return null;
  reader.at++;
  return globs;
}

function join(glob: Glob, more: Glob): Glob {
  const last = glob.at(-1);
  const first = more[0];
  if (typeof last !== "string" || typeof first !== "string") return [...glob, ...more];
  return [...glob.slice(0, -1), last + first, ...more.slice(1)];
}

/** Whether the glob is the whole text. Each literal is looked for where it comes first, the last one at the end. */
export function matchesGlob(glob: Glob, text: string): boolean {
  let at = 0;
  let gap: "none" | "open" = "none";
  for (let i = 0; i < glob.length; i++) {
    const part = glob[i];
    if (part === ANY) {
      gap = "open";
    } else if (part === SOME) {
      if (at >= text.length) return false;
      // One character, which may be two units.
      at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
      gap = "open";
    } else if (part !== undefined) {
      const found = findPart(text, part, { at, gap, isLast: i === glob.length - 1 });
      if (found < 0) return false;
      at = found + part.length;
      gap = "none";
    }
  }
  return gap === "open" || at === text.length;
}

function findPart(text: string, part: string, where: { at: number; gap: "none" | "open"; isLast: boolean }): number {
  const { at, gap, isLast } = where;
  if (gap === "none") return text.startsWith(part, at) ? at : -1;
  if (!isLast) return text.indexOf(part, at);
  const end = text.length - part.length;
  return end >= at && text.endsWith(part) ? end : -1;
}
