import type { MatcherMode } from "../matcher/parse-matchers.ts";

/** Whether a label may have the name: any text but "" in UTF-8, letters, digits and `_` in the language of before. */
export function isLabelName(name: string, mode: MatcherMode): boolean {
  return mode === "classic" ? isClassicLabelName(name) : name !== "" && name.isWellFormed();
}

/** Whether a label could always have the name: `match`, `match_re` and their like in inhibition rules take no others. */
export function isClassicLabelName(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
}
