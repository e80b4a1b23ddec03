import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { formatFileProblem, parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import type { RuleFile } from "@sightline/rules/file/rule-file";

export interface ReadRules {
  readonly file: RuleFile;
  /** All that is wrong, each with file, line and column. */
  readonly errors: readonly string[];
}

/** Reads a file of rules. One that cannot be read is one that is wrong. */
export function readRules(path: string, options: { readonly ignoreUnknownFields: boolean }): ReadRules {
  const text = readText(path);
  if (text instanceof AppError) return { file: { groups: [] }, errors: [text.message] };
  const { file, problems } = parseRuleFile(text, options);
  return { file, errors: problems.map((problem) => formatFileProblem(path, problem)) };
}

/** The text of a file, or why there is none. */
export function readText(path: string): string | AppError {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return new AppError("not_found", `cannot read ${path}: ${why}`, { cause: thrown });
  }
}
