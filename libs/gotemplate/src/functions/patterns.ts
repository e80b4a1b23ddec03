import { AppError, invalid } from "@sightline/errors/app-error";
import { quote } from "@sightline/gotext/quote";
import { expand } from "@sightline/regex/expand";
import { compilePattern, type Pattern } from "@sightline/regex/pattern";
import { type Budget, matchUnits } from "../budget.ts";
import { func2, text, textFunc3 } from "../func.ts";
import type { Func } from "../value.ts";

function compile(source: string, budget: Budget): Pattern {
  budget.spend(compileUnits + source.length * matchUnits * 10);
  return compilePattern(source, { anchored: false });
}

/** What reading a pattern costs beside its length. */
const compileUnits = 2000;

/** What matching a text costs: each repetition that is written as a number makes the pattern larger. */
function spendOnMatch({ source }: Pattern, value: string, budget: Budget): void {
  let states = matchUnits;
  for (const [, least = "0", most = least] of source.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    states += matchUnits * Math.max(Number(least), Number(most));
  }
  budget.spend(value.length * states);
}

/** `match`: whether a pattern of RE2 matches some part of a text (`regexp.MatchString`). */
export const match: Func = func2(text, text, (source, value, budget) => {
  const pattern = compile(source, budget);
  spendOnMatch(pattern, value, budget);
  return pattern.matches(value);
});

/** `reReplaceAll`: replaces what a pattern of RE2 matches; `$1` and `${name}` are its groups. */
export const reReplaceAll: Func = textFunc3(([source, replacement, value], budget) => {
  const pattern = mustCompile(source, budget);
  spendOnMatch(pattern, value, budget);
  let made = "";
  let written = 0;
  for (const found of pattern.matchAll(value)) {
    const put = expand(replacement, found, pattern.groupNames);
    budget.spend(put.length + replacement.length + matchUnits);
    made += value.slice(written, found.start) + put;
    written = found.end;
  }
  return made + value.slice(written);
});

/** Go's `regexp.MustCompile` says more of what is wrong. */
function mustCompile(source: string, budget: Budget): Pattern {
  try {
    return compile(source, budget);
  } catch (thrown) {
    const { code, message } = AppError.from(thrown);
    if (code !== "invalid_argument") throw thrown;
    throw invalid(`regexp: Compile(${quoteSource(source)}): ${message}`, thrown);
  }
}

function quoteSource(source: string): string {
  return source.includes("`") ? quote(source) : `\`${source}\``;
}
