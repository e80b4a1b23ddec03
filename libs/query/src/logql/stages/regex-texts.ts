/** Characters that stand for something else in a pattern. */
const special = new Set("\\.+*?()|[]{}^$");

/**
 * Texts that everything which the pattern matches certainly contains, taken from between the signs of the pattern on its outermost
 * level: `status=5\d\d .*timeout` has "status=5" and "timeout". A pattern that is not understood has none: groups, flags and
 * alternatives are not looked into.
 */
export function certainTexts(pattern: string): string[] {
  if (pattern.includes("|") || pattern.includes("(?")) return [];
  const texts: string[] = [];
  let text = "";
  const finish = () => {
    if (text !== "") texts.push(text);
    text = "";
  };
  let at = 0;
  while (at < pattern.length) {
    const item = readItem(pattern, at);
    if (item === undefined) return [];
    at = item.end;
    const repeat = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(pattern.slice(at))?.[0] ?? "";
    at += repeat.length;
    if (item.text === null || repeat !== "") finish();
    // What is repeated at least once is there once; what follows it need not follow directly.
    if (item.text !== null && repeat === "") text += item.text;
    else if (item.text !== null && repeat.startsWith("+")) texts.push(item.text);
  }
  finish();
  return texts;
}

interface PatternItem {
  readonly end: number;
  /** What it stands for, if that is one text. */
  readonly text: string | null;
}

function readItem(pattern: string, at: number): PatternItem | undefined {
  const sign = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
  if (!special.has(sign)) return { end: at + sign.length, text: sign };
  if (sign === "." || sign === "^" || sign === "$") return { end: at + 1, text: null };
  if (sign === "\\") return readEscape(pattern, at);
  if (sign === "[") return readClass(pattern, at);
  return sign === "(" ? readGroup(pattern, at) : undefined;
}

function readEscape(pattern: string, at: number): PatternItem | undefined {
  const escaped = pattern[at + 1] ?? "";
  if (/[dDwWsSbBAz]/.test(escaped)) return { end: at + 2, text: null };
  return /[!-/:-@[-`{-~]/.test(escaped) ? { end: at + 2, text: escaped } : undefined;
}

function readClass(pattern: string, at: number): PatternItem | undefined {
  const found = /^\[\^?\]?(?:[^\]\\[]|\\.|\[:[a-z^]+:\]|\[)*\]/su.exec(pattern.slice(at))?.[0];
  return found === undefined ? undefined : { end: at + found.length, text: null };
}

/** A group is passed over; one in a group makes the pattern one that is not understood. */
function readGroup(pattern: string, at: number): PatternItem | undefined {
  const found = /^\((?:[^()\\[\]]|\\.)*\)/su.exec(pattern.slice(at))?.[0];
  return found === undefined ? undefined : { end: at + found.length, text: null };
}
