import type { Budget } from "@sightline/gotemplate/budget";
import { func2, func3, int, text } from "@sightline/gotemplate/func";
import { compileWithin, expanding, replaceMatches, spendOnMatch } from "@sightline/gotemplate/functions/patterns";
import type { Func } from "@sightline/gotemplate/value";

/** What stands instead of what, and how often at most; negative: always. */
interface Replacement {
  readonly from: string;
  readonly to: string;
  readonly times: number;
}

/** `strings.Replace`. */
function replaceText(value: string, replacement: Replacement, budget: Budget): string {
  const { from, to, times } = replacement;
  if (from === "") return putBetween(value, replacement, budget);
  let made = "";
  let written = 0;
  for (let count = 0; count !== times; count++) {
    const at = value.indexOf(from, written);
    if (at < 0) break;
    budget.spend(to.length + 1);
    made += value.slice(written, at) + to;
    written = at + from.length;
  }
  return made + value.slice(written);
}

/** Nothing is found before each character and at the end. */
function putBetween(value: string, { to, times }: Replacement, budget: Budget): string {
  const characters = [...value];
  const count = times < 0 ? characters.length + 1 : Math.min(times, characters.length + 1);
  budget.spend(count * (to.length + 1));
  const first = characters.slice(0, count).map((character) => to + character);
  return first.join("") + characters.slice(count).join("") + (count > characters.length ? to : "");
}

/** `Replace text from to times`. */
export const replace: Func = {
  kind: "func",
  parameters: [text, text, text, int],
  rest: undefined,
  call([value = null, from = null, to = null, times = null], budget) {
    const replacement = { from: text.read(from) ?? "", to: text.read(to) ?? "", times: Number(int.read(times) ?? -1n) };
    return replaceText(text.read(value) ?? "", replacement, budget);
  },
};

/** `replace from to text`. */
export const replaceAll: Func = func3([text, text, text], ([from, to, value], budget) => {
  return replaceText(value, { from, to, times: -1 }, budget);
});

/** The functions of patterns, which are RE2's. */
export const patternFunctions: ReadonlyMap<string, Func> = new Map([
  [
    "regexReplaceAll",
    func3([text, text, text], ([source, value, to], budget) => {
      const pattern = compileWithin(budget, source);
      return replaceMatches(value, expanding(pattern, to, budget), budget);
    }),
  ],
  [
    "regexReplaceAllLiteral",
    func3([text, text, text], ([source, value, to], budget) => {
      const pattern = compileWithin(budget, source);
      return replaceMatches(value, { pattern, put: () => to }, budget);
    }),
  ],
  [
    "count",
    func2(text, text, (source, value, budget) => {
      const pattern = compileWithin(budget, source);
      spendOnMatch(pattern, value, budget);
      return BigInt(pattern.matchAll(value).length);
    }),
  ],
]);
