/** What is wrong with a JSON text, in the words that Loki's users know. */
export const JSON_PROBLEMS = {
  malformed: "Malformed JSON error",
  object: "Value looks like object, but can't find closing '}' symbol",
  array: "Value is array, but can't find closing ']' symbol",
  string: "Value is string, but can't find closing '\"' symbol",
  value: "Value looks like Number/Boolean/None, but can't find its end: ',' or '}' symbol",
  unknown: "Unknown value type",
  escape: "Encountered an invalid escape sequence in a string",
} as const;

/** One of these. */
export type JsonProblem = (typeof JSON_PROBLEMS)[keyof typeof JSON_PROBLEMS];

/** What kind of value it is. */
export type JsonKind = "string" | "number" | "boolean" | "null" | "object" | "array";

/** A value that was found: of a string what stands between the quotes, of all else the whole. Filled anew for each value. */
export interface JsonValue {
  kind: JsonKind;
  start: number;
  end: number;
  /** Where what follows begins. */
  after: number;
}

const quote = 34;
const backslash = 92;

/** The position of the next character that is not blank, or -1. */
export function skipBlank(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return at;
  }
  return -1;
}

/** The position of the quote that ends a string whose inside begins at `from`, or -1. */
export function stringEnd(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at > from && text.charCodeAt(at - 1) === backslash) {
    let slashes = 1;
    while (at - slashes - 1 >= from && text.charCodeAt(at - slashes - 1) === backslash) slashes++;
    if (slashes % 2 === 0) return at;
    at = text.indexOf('"', at + 1);
  }
  return at;
}

/** Behind the bracket that closes the one at `from`, or -1. Brackets of the other kind are not looked at. */
function blockEnd(text: string, from: number, close: number): number {
  const open = text.charCodeAt(from);
  let level = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = stringEnd(text, at + 1);
      if (at < 0) return -1;
    } else if (code === open) level++;
    else if (code === close && --level === 0) return at + 1;
  }
  return -1;
}

/** Finds the value that begins at `from`, which is not blank. What is inside of objects and arrays is not looked at. */
export function readValue(text: string, from: number, value: JsonValue): JsonProblem | null {
  const code = text.charCodeAt(from);
  if (code === quote) {
    const end = stringEnd(text, from + 1);
    if (end < 0) return JSON_PROBLEMS.string;
    value.kind = "string";
    return setEnds(value, from + 1, end);
  }
  if (code === 123 || code === 91) {
    const end = blockEnd(text, from, code === 123 ? 125 : 93);
    if (end < 0) return code === 123 ? JSON_PROBLEMS.object : JSON_PROBLEMS.array;
    value.kind = code === 123 ? "object" : "array";
    return setEnds(value, from, end);
  }
  const end = tokenEnd(text, from);
  const kind = literalKind(text, from, end);
  if (kind === null) return JSON_PROBLEMS.unknown;
  value.kind = kind;
  return setEnds(value, from, end);
}

function setEnds(value: JsonValue, start: number, end: number): null {
  value.start = start;
  value.end = end;
  // Behind a string there is its quote.
  value.after = value.kind === "string" ? end + 1 : end;
  return null;
}

function tokenEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 32 || code === 10 || code === 13 || code === 9 || code === 44 || code === 125 || code === 93)
      return at;
  }
  return text.length;
}

function literalKind(text: string, from: number, end: number): JsonKind | null {
  const code = text.charCodeAt(from);
  if (code === 45 || (code >= 48 && code <= 57)) return "number";
  const word = text.slice(from, end);
  if (word === "true" || word === "false") return "boolean";
  return word === "null" ? "null" : null;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** What stands between the quotes of a string, its escapes resolved, or undefined where one is wrong. */
export function unescapeJson(raw: string): string | undefined {
  let slash = raw.indexOf("\\");
  if (slash < 0) return raw;
  let text = "";
  let at = 0;
  while (slash >= 0) {
    text += raw.slice(at, slash);
    const letter = raw[slash + 1] ?? "";
    const simple = escapes.get(letter);
    if (simple !== undefined) {
      text += simple;
      at = slash + 2;
    } else {
      const code =
        letter === "u"
          ? /^(?:[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(?![dD][89a-fA-F])[\da-fA-F]{4})/.exec(
              raw.slice(slash + 2, slash + 12),
            )?.[0]
          : undefined;
      if (code === undefined) return undefined;
      for (const unit of code.split("\\u")) text += String.fromCharCode(Number.parseInt(unit, 16));
      at = slash + 2 + code.length;
    }
    slash = raw.indexOf("\\", at);
  }
  return text + raw.slice(at);
}

/**
 * The keys that objects had so far, by their place. Lines of one program have the same keys in the same order: a key that is where it
 * was before is neither looked for its end nor made a text again.
 */
export interface KeyOrder {
  readonly keys: string[];
  /** The place of the key that comes next. To be 0 at the start of a line. */
  at: number;
}

/** How many places are remembered. */
const maxKeys = 256;

/** An order of keys of which none is known. */
export function createKeyOrder(): KeyOrder {
  return { keys: [], at: 0 };
}

/** The key whose quote is at `from`, or what is wrong with it. It ends at `from + 2` and the length that it has in the text. */
function readKey(
  text: string,
  from: number,
  order: KeyOrder,
): { readonly key: string; readonly end: number } | JsonProblem {
  const end = stringEnd(text, from + 1);
  if (end < 0) return JSON_PROBLEMS.malformed;
  const raw = text.slice(from + 1, end);
  const key = unescapeJson(raw);
  if (key === undefined) return JSON_PROBLEMS.escape;
  // Only a key that is written as it is can be recognized in the text.
  if (order.at < maxKeys) order.keys[order.at] = raw === key ? key : "";
  return { key, end: end + 1 };
}

/** Goes over the fields of an object. */
export interface FieldWalk<T extends string> {
  readonly order: KeyOrder;
  /** Receives the fields in order. An answer other than null ends the walk and is its answer. */
  readonly visit: (key: string, value: JsonValue) => T | null;
}

/**
 * Walks the object that begins at or behind `from`. As forgiving as the parser that Loki uses: what comes before a mistake is seen, what
 * follows the object is not looked at.
 */
export function eachField<T extends string>(
  text: string,
  from: number,
  { order, visit }: FieldWalk<T>,
): JsonProblem | T | null {
  const start = skipBlank(text, from);
  if (start < 0 || text.charCodeAt(start) !== 123) return JSON_PROBLEMS.object;
  let at = skipBlank(text, start + 1);
  if (at < 0) return JSON_PROBLEMS.malformed;
  const value: JsonValue = { kind: "null", start: 0, end: 0, after: 0 };
  while (text.charCodeAt(at) !== 125) {
    if (text.charCodeAt(at) !== quote) return JSON_PROBLEMS.object;
    let key = order.keys[order.at] ?? "";
    let keyEnd = at + key.length + 2;
    if (key === "" || text.charCodeAt(keyEnd - 1) !== quote || !text.startsWith(key, at + 1)) {
      const read = readKey(text, at, order);
      if (typeof read === "string") return read;
      ({ key, end: keyEnd } = read);
    }
    order.at++;
    const colon = skipBlank(text, keyEnd);
    if (colon < 0 || text.charCodeAt(colon) !== 58) return JSON_PROBLEMS.malformed;
    const first = skipBlank(text, colon + 1);
    if (first < 0) return JSON_PROBLEMS.malformed;
    const outcome = readValue(text, first, value) ?? visit(key, value);
    if (outcome !== null) return outcome;
    at = skipBlank(text, value.after);
    if (at < 0) return JSON_PROBLEMS.array;
    if (text.charCodeAt(at) === 125) return null;
    if (text.charCodeAt(at) !== 44) return JSON_PROBLEMS.object;
    at = skipBlank(text, at + 1);
    if (at < 0) return JSON_PROBLEMS.array;
  }
  return null;
}
