import { invalid } from "@sightline/errors/app-error";

const maxChars = 255;

/** What a pack's file is called. */
export function packFileName(pack: string): string {
  return `pack:${pack}`;
}

/**
 * Throws invalid_argument unless a file of rules may be called so: a path below a directory, such as `team/checkout`, so
 * that files can be written where they were read from.
 */
export function checkRuleFileName(name: string): void {
  const problem = problemOf(name);
  if (problem === undefined) return;
  throw invalid(
    `cannot use the name of the rule file: got ${JSON.stringify(name.slice(0, maxChars))}, want ${problem}`,
  );
}

function problemOf(name: string): string | undefined {
  if (name === "" || name.length > maxChars) return `1 to ${maxChars} characters`;
  if (!name.isWellFormed() || /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\\]/u.test(name)) {
    return "no control characters and no backslashes";
  }
  if (name.trim() !== name) return "no spaces at its ends";
  const hasEmptyPart = name.split("/").some((part) => part === "" || part === "." || part === "..");
  return hasEmptyPart ? "a path of names, without . and .., and no slash at its ends" : undefined;
}
