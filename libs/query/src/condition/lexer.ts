import { CONDITION_LIMITS } from "./expression.ts";
import { problemAt } from "./problem.ts";

/** One word of a condition. `text` is what stands there; a string's `value` has its quotes and escapes taken out. */
export type Token =
  | { readonly kind: "name" | "symbol"; readonly text: string; readonly position: number }
  | { readonly kind: "number"; readonly text: string; readonly value: number; readonly position: number }
  | { readonly kind: "string"; readonly text: string; readonly value: string; readonly position: number }
  | { readonly kind: "end"; readonly text: ""; readonly position: number };

const blank = /[ \t\r\n]+/y;
const name = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const symbol = /==|!=|<=|>=|[<>()[\],.+\-*/%]/y;
const text = /'(?:[^'\\\n]|\\[^\n])*'|"(?:[^"\\\n]|\\[^\n])*"/y;

/** What people bring along from other languages. */
const hints: Readonly<Record<string, string>> = {
  "=": "==",
  "&": "and",
  "|": "or",
  "!": "not or !=",
};

/** The words of a condition, the last being `end`. Throws invalid_argument that names the character. */
export function lex(source: string): Token[] {
  if (source.length > CONDITION_LIMITS.length) {
    throw problemAt(
      CONDITION_LIMITS.length,
      `got ${source.length} characters, want at most ${CONDITION_LIMITS.length}`,
    );
  }
  const tokens: Token[] = [];
  let position = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    const found = pattern.exec(source)?.[0];
    if (found !== undefined) position += found.length;
    return found;
  };
  for (;;) {
    take(blank);
    const start = position;
    if (start === source.length) return [...tokens, { kind: "end", text: "", position: start }];
    tokens.push(nextToken(take, start) ?? unknownCharacter(source, start));
  }
}

function nextToken(take: (pattern: RegExp) => string | undefined, position: number): Token | undefined {
  const word = take(name);
  if (word !== undefined) return { kind: "name", text: word, position };
  const digits = take(number);
  if (digits !== undefined) return numberToken(digits, position);
  const quoted = take(text);
  if (quoted !== undefined) return { kind: "string", text: quoted, value: unquote(quoted, position), position };
  const sign = take(symbol);
  return sign === undefined ? undefined : { kind: "symbol", text: sign, position };
}

function numberToken(digits: string, position: number): Token {
  const value = Number(digits);
  if (!Number.isFinite(value)) throw problemAt(position, `got ${digits}, want a number below 1.8e308`);
  return { kind: "number", text: digits, value, position };
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "\\": "\\", "'": "'", '"': '"' };

function unquote(quoted: string, position: number): string {
  return quoted.slice(1, -1).replace(/\\(.)/gsu, (_, escaped: string, offset: number) => {
    const meant = escapes[escaped];
    if (meant === undefined)
      throw problemAt(position + 1 + offset, `got \\${escaped}, want \\n, \\r, \\t, \\\\, \\' or \\"`);
    return meant;
  });
}

function unknownCharacter(source: string, position: number): never {
  const char = String.fromCodePoint(source.codePointAt(position) ?? 0);
  if (char === "'" || char === '"') throw problemAt(position, `got a text without its closing ${char}`);
  const hint = hints[char];
  throw problemAt(position, `got ${char}, want ${hint ?? "a name, a number, a text or an operator"}`);
}
