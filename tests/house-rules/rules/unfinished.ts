import type { Rule } from "../rule.ts";

// Put together, so that this file does not break its own rule.
const marks = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"].join("|")})\\b`);

export const unfinished: Rule = {
  name: "nothing is left for later",
  advice: "do it, or file it where it is tracked",
  applies: () => true,
  check: (file) => file.lines.flatMap((line, index) => (marks.test(line) ? [index + 1] : [])),
};
