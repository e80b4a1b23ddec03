import { quote } from "@sightline/gotext/quote";

export type TokenKind =
  | "number"
  | "duration"
  | "string"
  | "identifier"
  | "metric"
  | "aggregation"
  | "operator-word"
  | "keyword"
  | "operator"
  | "symbol"
  | "error"
  | "end";

/** For an error the text is what is wrong. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const aggregations = new Set(
  "sum avg count min max group stddev stdvar topk bottomk count_values quantile limitk limit_ratio".split(" "),
);
const operatorWords = new Set(["and", "or", "unless", "atan2"]);
const keywords = new Set(
  "offset by without on ignoring group_left group_right bool start end step range anchored smoothed fill fill_left fill_right".split(
    " ",
  ),
);
const durationWords = new Set(["step", "range", "min", "max", "min_of", "max_of"]);

const patterns = {
  // One way to read each text, so that a long one that is wrong is not tried in as many ways as it has digits.
  number: /(?:0[xX][0-9a-fA-F_]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![A-Za-z0-9_.])/y,
  duration: /\d+(?:ms|[smhdwy])(?:\d+(?:ms|[smhdw]))*(?![A-Za-z0-9_])/y,
  wrongNumber: /[\w.]+/y,
  word: /[A-Za-z_:][A-Za-z0-9_:]*/y,
  label: /[A-Za-z_][A-Za-z0-9_]*/y,
  space: /[ \t\r\n]+/y,
  comment: /#[^\r\n]*/y,
  escape: /\\(?:[abfnrtv\\'"]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})/y,
};

interface Lexer {
  readonly source: string;
  at: number;
  parentheses: number;
  inBraces: boolean;
  inBrackets: boolean;
  gotColon: boolean;
  gotDuration: boolean;
}

/** The tokens of a query one after the other, without comments. The last one is an error or the end. */
export function* lex(source: string): Generator<Token, undefined> {
  const lexer: Lexer = {
    source,
    at: 0,
    parentheses: 0,
    inBraces: false,
    inBrackets: false,
    gotColon: false,
    gotDuration: false,
  };
  for (;;) {
    skip(lexer);
    const token = next(lexer);
    yield token;
    if (token.kind === "end" || token.kind === "error") return;
  }
}

function skip(lexer: Lexer): void {
  while (take(lexer, "space") !== null || take(lexer, "comment") !== null);
}

function take(lexer: Lexer, name: keyof typeof patterns): string | null {
  const pattern = patterns[name];
  pattern.lastIndex = lexer.at;
  const match = pattern.exec(lexer.source);
  if (match === null) return null;
  lexer.at = pattern.lastIndex;
  return match[0];
}

function next(lexer: Lexer): Token {
  if (lexer.inBraces) return nextInBraces(lexer);
  if (lexer.inBrackets) return nextInBrackets(lexer);
  const start = lexer.at;
  const sign = characterAt(lexer);
  if (sign === "") return atEnd(lexer);
  if (/[0-9]/.test(sign) || (sign === "." && /[0-9]/.test(lexer.source[start + 1] ?? ""))) return nextNumber(lexer);
  if (sign === '"' || sign === "'" || sign === "`") return nextString(lexer, sign);
  const word = take(lexer, "word");
  if (word !== null) return { kind: kindOf(word), text: word, start, end: lexer.at };
  return nextSign(lexer, sign);
}

function atEnd(lexer: Lexer): Token {
  if (lexer.parentheses > 0) return wrong(lexer, lexer.at, "unclosed left parenthesis");
  return { kind: "end", text: "", start: lexer.at, end: lexer.at };
}

function kindOf(word: string): TokenKind {
  const lower = word.toLowerCase();
  if (lower === "inf" || lower === "nan") return "number";
  if (aggregations.has(lower)) return "aggregation";
  if (operatorWords.has(lower)) return "operator-word";
  if (keywords.has(lower)) return "keyword";
  return word.includes(":") ? "metric" : "identifier";
}

const doubles = ["==", "!=", "<=", ">=", "</", ">/"];

function nextSign(lexer: Lexer, sign: string): Token {
  const double = lexer.source.slice(lexer.at, lexer.at + 2);
  if (doubles.includes(double)) return signToken(lexer, "operator", double);
  if ("+-*/%^<>".includes(sign)) return signToken(lexer, "operator", sign);
  if (sign === "!" || double === "=~") {
    const after = double === "=~" ? "~" : String.fromCodePoint(lexer.source.codePointAt(lexer.at + 1) ?? 0xfffd);
    return wrong(lexer, lexer.at, `unexpected character after '${sign}': ${quote(after, "'")}`);
  }
  if (sign === "(") lexer.parentheses++;
  if (sign === ")" && --lexer.parentheses < 0) return wrong(lexer, lexer.at, "unexpected right parenthesis ')'");
  if (sign === "{") lexer.inBraces = true;
  if (sign === "[") Object.assign(lexer, { inBrackets: true, gotColon: false, gotDuration: false });
  if (sign === "]") return wrong(lexer, lexer.at, "unexpected right bracket ']'");
  if ("(){[,=@".includes(sign)) return signToken(lexer, "symbol", sign);
  return wrong(lexer, lexer.at, `unexpected character: ${quote(sign, "'")}`);
}

function nextInBraces(lexer: Lexer): Token {
  const start = lexer.at;
  const sign = characterAt(lexer);
  if (sign === "") return wrong(lexer, start, "unexpected end of input inside braces");
  const label = take(lexer, "label");
  if (label !== null) return { kind: "identifier", text: label, start, end: lexer.at };
  if (sign === '"' || sign === "'" || sign === "`") return nextString(lexer, sign);
  const double = lexer.source.slice(start, start + 2);
  if (double === "=~" || double === "!~" || double === "!=") return signToken(lexer, "operator", double);
  if (sign === "!") {
    const after = String.fromCodePoint(lexer.source.codePointAt(start + 1) ?? 0xfffd);
    return wrong(lexer, start, `unexpected character after '!' inside braces: ${quote(after, "'")}`);
  }
  if (sign === "{") return wrong(lexer, start, "unexpected left brace '{'");
  if (sign === "}") lexer.inBraces = false;
  if (",=}".includes(sign)) return signToken(lexer, "symbol", sign);
  return wrong(lexer, start, `unexpected character inside braces: ${quote(sign, "'")}`);
}

function nextInBrackets(lexer: Lexer): Token {
  const start = lexer.at;
  const sign = characterAt(lexer);
  if (sign === "") return wrong(lexer, start, "unexpected end of input in duration expression");
  if (/[0-9]/.test(sign) || (sign === "." && /[0-9]/.test(lexer.source[start + 1] ?? ""))) {
    lexer.gotDuration = true;
    return nextNumber(lexer);
  }
  const word = take(lexer, "label");
  if (word !== null) {
    if (durationWords.has(word.toLowerCase())) {
      lexer.gotDuration = true;
      return { kind: kindOf(word), text: word, start, end: lexer.at };
    }
    return unexpectedInBrackets(lexer, sign, start);
  }
  if (sign === ":") {
    if (!lexer.gotDuration) return wrong(lexer, start, "unexpected colon before duration in duration expression");
    if (lexer.gotColon) return wrong(lexer, start, "unexpected repeated colon in duration expression");
    lexer.gotColon = true;
  }
  if (sign === "(") lexer.parentheses++;
  if (sign === ")" && --lexer.parentheses < 0) return wrong(lexer, start, "unexpected right parenthesis ')'");
  if (sign === "]") lexer.inBrackets = false;
  if ("+-*/%^".includes(sign)) return signToken(lexer, "operator", sign);
  if ("()]:,".includes(sign)) return signToken(lexer, "symbol", sign);
  return unexpectedInBrackets(lexer, sign, start);
}

function unexpectedInBrackets(lexer: Lexer, sign: string, at: number): Token {
  const quoted = quote(sign, "'");
  if (lexer.gotDuration) return wrong(lexer, at, `unexpected character: ${quoted}, expected ':'`);
  return wrong(lexer, at, `unexpected character in duration expression: ${quoted}`);
}

function nextNumber(lexer: Lexer): Token {
  const start = lexer.at;
  const number = take(lexer, "number");
  if (number !== null) return { kind: "number", text: number, start, end: lexer.at };
  const duration = take(lexer, "duration");
  if (duration !== null) return { kind: "duration", text: duration, start, end: lexer.at };
  const text = take(lexer, "wrongNumber") ?? "";
  return wrong(lexer, start, `bad number or duration syntax: ${quote(text)}`);
}

function nextString(lexer: Lexer, mark: string): Token {
  const { source, at: start } = lexer;
  lexer.at++;
  for (;;) {
    const sign = source[lexer.at];
    if (sign === undefined || (sign === "\n" && mark !== "`")) {
      return wrong(lexer, start, mark === "`" ? "unterminated raw string" : "unterminated quoted string");
    }
    if (sign === "\\" && mark !== "`") {
      const escaped = take(lexer, "escape");
      // Of the quotes only the one that the text stands in may be escaped.
      if (escaped === null || (/["']/.test(escaped[1] ?? "") && escaped[1] !== mark)) return wrongEscape(lexer, start);
      continue;
    }
    lexer.at++;
    if (sign === mark) return { kind: "string", text: source.slice(start, lexer.at), start, end: lexer.at };
  }
}

function wrongEscape(lexer: Lexer, start: number): Token {
  const after = lexer.source[lexer.at + 1];
  if (after === undefined) return wrong(lexer, start, "escape sequence not terminated");
  const begun = /\\(?:x[0-9a-fA-F]?|u[0-9a-fA-F]{0,3}|U[0-9a-fA-F]{0,7}|[0-7]{1,2})/y;
  begun.lastIndex = lexer.at;
  if (!begun.test(lexer.source)) return wrong(lexer, start, `unknown escape sequence ${codeOf(after)}`);
  const illegal = lexer.source[begun.lastIndex];
  if (illegal === undefined) return wrong(lexer, start, "escape sequence not terminated");
  return wrong(lexer, start, `illegal character ${codeOf(illegal)} in escape sequence`);
}

/** A character as Go's `%#U` writes it: `U+002E '.'`. */
function codeOf(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")} '${character}'`;
}

function characterAt(lexer: Lexer): string {
  const code = lexer.source.codePointAt(lexer.at);
  return code === undefined ? "" : String.fromCodePoint(code);
}

function signToken(lexer: Lexer, kind: "operator" | "symbol", text: string): Token {
  const start = lexer.at;
  lexer.at += text.length;
  return { kind, text, start, end: lexer.at };
}

function wrong(lexer: Lexer, start: number, problem: string): Token {
  return { kind: "error", text: problem, start, end: lexer.source.length };
}
