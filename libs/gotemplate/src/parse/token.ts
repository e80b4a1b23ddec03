import { quote } from "@sightline/gotext/quote";

/** What a token is; keywords are their own kind, as are `.` and `nil`. */
export type TokenKind =
  | "error"
  | "eof"
  | "text"
  | "left delimiter"
  | "right delimiter"
  | "space"
  | "assign"
  | "declare"
  | "pipe"
  | "left parenthesis"
  | "right parenthesis"
  | "character"
  | "string"
  | "raw string"
  | "character constant"
  | "number"
  | "complex"
  | "bool"
  | "field"
  | "variable"
  | "identifier"
  | Keyword;

const keywords = [
  ...([".", "nil", "block", "break", "continue", "define"] as const),
  ...(["else", "end", "if", "range", "template", "with"] as const),
] as const;

/** The words that are no identifiers. */
export type Keyword = (typeof keywords)[number];

const keywordSet: ReadonlySet<string> = new Set(keywords);

/** Whether a word is a keyword. */
export function isKeyword(word: string): word is Keyword {
  return keywordSet.has(word);
}

/** A piece of a template. Of an error the text is its message. */
export interface Token {
  readonly kind: TokenKind;
  /** Where it begins, in UTF-16 units from the start of the source. */
  readonly at: number;
  readonly line: number;
  readonly text: string;
}

/** A token as messages about it show it. */
export function describeToken({ kind, text }: Token): string {
  if (kind === "eof") return "EOF";
  if (kind === "error") return text;
  if (isKeyword(kind)) return `<${text}>`;
  const characters = [...text.slice(0, 22)];
  const isLong = Buffer.byteLength(text.slice(0, 22)) > 10;
  return isLong ? `${quote(characters.slice(0, 10).join(""))}...` : quote(text);
}
