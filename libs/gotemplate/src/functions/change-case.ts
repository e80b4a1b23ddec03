import { matchUnits } from "../budget.ts";
import { func1, text } from "../func.ts";
import type { Func } from "../value.ts";

/** Go changes characters one by one, each to one: ß has no large one. */
function byCharacter(value: string, change: (character: string) => string): string {
  const whole = change(value);
  if (whole.length === value.length && !/[^\0-\x7f]/.test(value)) return whole;
  let changed = "";
  for (const character of value) {
    const other = change(character);
    changed += [...other].length === 1 ? other : character;
  }
  return changed;
}

/** `toUpper`: `strings.ToUpper`. */
export const toUpper: Func = func1(text, (value) => byCharacter(value, (part) => part.toUpperCase()));

/** `toLower`: `strings.ToLower`. */
export const toLower: Func = func1(text, (value) =>
  byCharacter(value, (part) => (part === "\u0130" ? "i" : part.toLowerCase())),
);

const words = new Intl.Segmenter("en", { granularity: "word" });

/** A word of ASCII by the rules of Unicode, where points and apostrophes join letters, and points and commas digits. */
const asciiWord = /[a-z0-9_]+(?:(?<=[a-z])[.':](?=[a-z])[a-z0-9_]+|(?<=[0-9])[.,;'](?=[0-9])[a-z0-9_]+)*/gi;

/** Words with a large first letter (`cases.Title` of golang.org/x/text); the others become small or stay. */
function titleCase(value: string, others: "lower" | "keep"): string {
  // The segmenter takes some 20 times as long.
  if (!/[^\0-\x7f]/.test(value)) {
    return value.replace(asciiWord, (word) => {
      const rest = others === "lower" ? word.toLowerCase() : word;
      return rest.replace(/[a-z]/i, (letter) => letter.toUpperCase());
    });
  }
  let made = "";
  for (const { segment } of words.segment(value)) {
    const rest = others === "lower" ? segment.toLowerCase() : segment;
    const at = [...segment].findIndex((character) => character.toLowerCase() !== character.toUpperCase());
    const first = [...segment][at];
    if (first === undefined) {
      made += segment;
      continue;
    }
    const before = [...segment].slice(0, at).join("");
    const [initial = "", ...more] = first.toUpperCase();
    // What becomes several letters, as ß does, begins with one large one.
    made += before + initial + more.join("").toLowerCase() + rest.slice(before.length + first.length);
  }
  return made;
}

function titleFunction(others: "lower" | "keep"): Func {
  return func1(text, (value, budget) => {
    budget.spend(value.length * matchUnits * 2);
    return titleCase(value, others);
  });
}

/** `title` of Alertmanager: `title case` and `TITLE CASE` become `Title Case`. */
export const title: Func = titleFunction("lower");

/** `title` of Prometheus: large letters stay. */
export const titleKeeping: Func = titleFunction("keep");
