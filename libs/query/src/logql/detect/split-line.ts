/** A line as its words and what stands between them. */
export interface SplitLine {
  /** Null for a word that is taken to differ from line to line: one with digits, or one that a pattern could not have as a text. */
  readonly words: readonly (string | null)[];
  /** Before each word and behind the last one: one more than words. */
  readonly separators: readonly string[];
}

/** The longest line that is looked at, in characters, and the most words. */
const MAX_LENGTH = 3000;
const MAX_WORDS = 300;

const WORD = /[^\s=,;:()[\]{}"'|]+/g;
const VARIES = /[\d<>]/;

/** Splits a line at blanks, brackets, quotes and what stands between keys and values. Null when it is too long. */
export function splitLine(line: string): SplitLine | null {
  if (line.length > MAX_LENGTH) return null;
  const words: (string | null)[] = [];
  const separators: string[] = [];
  let end = 0;
  for (const { 0: word, index } of line.matchAll(WORD)) {
    if (words.length === MAX_WORDS) return null;
    separators.push(line.slice(end, index));
    words.push(VARIES.test(word) ? null : word);
    end = index + word.length;
  }
  separators.push(line.slice(end));
  return { words, separators };
}
