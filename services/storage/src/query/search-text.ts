import { shortList, shortText } from "./bounds.ts";

/**
 * Terms that must all occur, split the way the text indexes need it. The words of an index are runs of letters and
 * digits; what a term holds besides them must be looked for in the text itself.
 */
export interface IndexTerms {
  /** Terms separated by spaces, to be split into words by the server. */
  readonly words: string;
  /** The terms that must also occur as they are. */
  readonly texts: readonly string[];
}

/** What a search text asks for. */
export interface SearchTerms extends IndexTerms {
  /** Words, of which none may occur. */
  readonly notWords: string;
  /** Terms, of which none may occur as it is. */
  readonly notTexts: readonly string[];
}

const MAX_LENGTH = 1024;
const MAX_TERMS = 32;

/** One term: an optional minus, then a quoted phrase or what goes up to the next space. An open quote ends with the text. */
const TERM = /(-?)(?:"([^"]*)"?|(\S+))/g;

/** A whole word of the index: ASCII letters and digits, and anything beyond ASCII (`splitByNonAlpha`). */
const WORD = /^[0-9A-Za-z\u{80}-\u{10ffff}]+$/u;
const HAS_WORD = /[0-9A-Za-z\u{80}-\u{10ffff}]/u;

/** `word`, `"some phrase"`, `-word`, `-"some phrase"`. */
export function parseSearchText(text: string): SearchTerms {
  shortText("search_text", text, MAX_LENGTH);
  const wanted: string[] = [];
  const unwanted: string[] = [];
  for (const [, minus, phrase, word] of text.matchAll(TERM)) {
    const term = (phrase ?? word ?? "").trim();
    if (term !== "") (minus === "-" ? unwanted : wanted).push(term);
  }
  shortList("search_text", [...wanted, ...unwanted], MAX_TERMS);
  return {
    ...indexTerms(wanted),
    notWords: unwanted.filter((term) => WORD.test(term)).join(" "),
    notTexts: unwanted.filter((term) => !WORD.test(term)),
  };
}

/** Splits terms that must all occur. */
export function indexTerms(terms: readonly string[]): IndexTerms {
  return {
    words: terms.filter((term) => HAS_WORD.test(term)).join(" "),
    texts: terms.filter((term) => !WORD.test(term)),
  };
}
