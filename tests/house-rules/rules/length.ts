import { isTypeScript, type Rule } from "../rule.ts";

const maxLines = 400;

export const length: Rule = {
  name: `a file has at most ${maxLines} lines`,
  advice: "ask which two things live in it",
  applies: isTypeScript,
  check: (file) => (file.text.replace(/\n$/, "").split("\n").length > maxLines ? [maxLines + 1] : []),
};
