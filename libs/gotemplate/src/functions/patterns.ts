import { AppError, invalid } from "@sightline/errors/app-error";
import { quote } from "@sightline/gotext/quote";
import { expand } from "@sightline/regex/expand";
import { compilePattern, type Match, type Pattern } from "@sightline/regex/pattern";
import { type Budget, matchUnits } from "../budget.ts";
import { func2, func3, text } from "../func.ts";
import type { Func } from "../value.ts";

/** What reading a pattern costs beside its length. */
const compileUnits = 2000;

/** Compiles a pattern of RE2 that may match anywhere. Throws invalid_argument with Go's message where it is wrong. */
export function compileWithin(budget: Budget, source: string): Pattern {
  budget.spend(compileUnits + source.length * matchUnits * 10);
  return compilePattern(source, { anchored: false });
}

/** What matching a text costs: each repetition that is written as a number makes the pattern larger. */
export function spendOnMatch({ source }: Pattern, value: string, budget: Budget): void {
  let states = matchUnits;
  for (const [, least = "0", most = least] of source.includes("{") ? source.matchAll(/\{(\d+)(?:,(\d*))?\}/g) : []) {
    states += matchUnits * Math.max(Number(least), Number(most));
  }
  budget.spend(value.length * states);
}

/** `match`: whether a pattern of RE2 matches some part of a text (`regexp.MatchString`). */
export const match: Func = func2(text, text, (source, value, budget) => {
  const pattern = compileWithin(budget, source);
  spendOnMatch(pattern, value, budget);
  return pattern.matches(value);
});

/** What is put in the place of a match. */
export interface Replacing {
  readonly pattern: Pattern;
  readonly put: (match: Match) => string;
}

/** A text with all matches of a pattern replaced. */
export function replaceMatches(value: string, { pattern, put }: Replacing, budget: Budget): string {
  spendOnMatch(pattern, value, budget);
  let made = "";
  let written = 0;
  for (const found of pattern.matchAll(value)) {
    const instead = put(found);
    budget.spend(instead.length + matchUnits);
    made += value.slice(written, found.start) + instead;
    written = found.end;
  }
  return made + value.slice(written);
}

/** What puts a text in the place of each match, in which `$1` and `${name}` are its groups (`regexp.Expand`). */
export function expanding(pattern: Pattern, replacement: string, budget: Budget): Replacing {
  return {
    pattern,
    put(found) {
      budget.spend(replacement.length);
      return expand(replacement, found, pattern.groupNames);
    },
  };
}

/** `reReplaceAll`: replaces what a pattern of RE2 matches; `$1` and `${name}` are its groups. */
export const reReplaceAll: Func = func3([text, text, text], ([source, replacement, value], budget) => {
  const pattern = mustCompile(source, budget);
  return replaceMatches(value, expanding(pattern, replacement, budget), budget);
});

/** Go's `regexp.MustCompile` says more of what is wrong. */
function mustCompile(source: string, budget: Budget): Pattern {
  try {
    return compileWithin(budget, source);
  } catch (thrown) {
    const { code, message } = AppError.from(thrown);
    if (code !== "invalid_argument") throw thrown;
    throw invalid(`regexp: Compile(${quoteSource(source)}): ${message}`, thrown);
  }
}

function quoteSource(source: string): string {
  return source.includes("`") ? quote(source) : `\`${source}\``;
}
