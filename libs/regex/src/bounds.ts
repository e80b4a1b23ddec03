import { invalid } from "@sightline/errors/app-error";
import { shownPattern } from "./shown-pattern.ts";

/** How deep groups may be nested, as in Go. */
const maxDepth = 1000;

/**
 * How much of a pattern may be repeated. Go bounds the size of the automaton alone; ours takes longer to build, 20 µs for each of these,
 * while alternatives, of which lists of names have thousands, cost next to nothing.
 */
const maxRepeats = 10_000;

/** As how many repetitions each `[:` of a class counts: what it names is looked for up to the end of the pattern. */
const repeatsOfName = 100;

/** What is no sign outside of classes of characters: escapes, quoted texts, and what stands for itself. */
const plain = /\\Q(?:[^\\]|\\(?!E))*(?:\\E)?|\\[\s\S]|[^\\[()*+?{]+/y;
const characterClass = /\[\^?\]?(?:[^\]\\[]|\\[\s\S]|\[:\^?[a-z]*:\]|\[)*\]?/y;

/** Throws invalid_argument, in Go's words, where a pattern is too much to be read or to be made an automaton of. */
export function checkBounds(source: string): void {
  let depth = 0;
  let repeats = 0;
  let at = 0;
  while (at < source.length) {
    const skipped = lengthAt(plain, source, at);
    const sign = source[at + skipped];
    at += skipped;
    if (sign === "(") {
      if (++depth > maxDepth) throw problem("expression nests too deeply", source);
      // What begins a group is no repetition: `(?:`, `(?i)`.
      at += source[at + 1] === "?" ? 2 : 1;
    } else if (sign === ")") {
      depth--;
      at++;
    } else if (sign === "[") {
      const length = lengthAt(characterClass, source, at);
      repeats += repeatsOfName * (source.slice(at, at + length).split("[:").length - 1);
      at += length;
    } else if (sign === "*" || sign === "+" || sign === "?" || sign === "{") {
      repeats++;
      at++;
    } else if (skipped === 0) at++;
    if (repeats > maxRepeats) throw problem("expression too large", source);
  }
}

function lengthAt(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex - at : 0;
}

function problem(what: string, source: string): Error {
  return invalid(`error parsing regexp: ${what}: \`${shownPattern(source)}\``);
}
