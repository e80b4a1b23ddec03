/** A token of ClickHouse SQL; comments and blanks are none. `word` is a bare word in upper case. */
export interface Token {
  readonly text: string;
  readonly word: string | undefined;
  readonly start: number;
  readonly end: number;
  /** How many brackets are open around the token; an opening bracket itself counts as outside. */
  readonly depth: number;
}

const BLANK = /\s+/y;
const COMMENT = /--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
const WORD = /[A-Za-z_][A-Za-z0-9_$]*/y;
const QUOTED = /'(?:[^'\\]+|\\[\s\S]|'')*'?|"(?:[^"\\]+|\\[\s\S]|"")*"?|`(?:[^`\\]+|\\[\s\S]|``)*`?/y;
const HEREDOC = /\$([A-Za-z0-9_]*)\$[\s\S]*?\$\1\$/y;
const NUMBER = /[0-9][A-Za-z0-9_]*(?:\.[0-9][A-Za-z0-9_]*)?/y;

function matchAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/**
 * Yields the tokens of `text` until its end. Never throws: what is not SQL (the data after an INSERT) comes out as
 * single characters, and a consumer that has seen enough stops reading.
 */
export function* tokens(text: string): Generator<Token, void> {
  let at = 0;
  let depth = 0;
  while (at < text.length) {
    const skipped = matchAt(COMMENT, text, matchAt(BLANK, text, at));
    if (skipped > at) {
      at = skipped;
      continue;
    }
    const start = at;
    const word = matchAt(WORD, text, at);
    at = word > start ? word : matchAt(NUMBER, text, start);
    if (at === start) at = matchAt(QUOTED, text, start);
    if (at === start) at = matchAt(HEREDOC, text, start);
    if (at === start) at++;
    const slice = text.slice(start, at);
    if (")]}".includes(slice)) depth = Math.max(0, depth - 1);
    yield { text: slice, word: word > start ? slice.toUpperCase() : undefined, start, end: at, depth };
    if ("([{".includes(slice)) depth++;
  }
}
