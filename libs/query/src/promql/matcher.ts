import { compilePattern } from "@sightline/regex/pattern";
import type { LabelMatcher } from "./ast.ts";

/** Whether a label's value ("" for one that is not there) fulfils the condition. */
export function createMatch({ operator, value }: LabelMatcher): (text: string) => boolean {
  switch (operator) {
    case "=":
      return (text) => text === value;
    case "!=":
      return (text) => text !== value;
    case "=~":
      return compilePattern(value, { anchored: true }).matches;
    case "!~": {
      const { matches } = compilePattern(value, { anchored: true });
      return (text) => !matches(text);
    }
  }
}

/** Whether a series without the label fulfils the condition. */
export function matchesEmpty(matcher: LabelMatcher): boolean {
  return createMatch(matcher)("");
}
