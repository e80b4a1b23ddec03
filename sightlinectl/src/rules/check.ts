import { AppError } from "@sightline/errors/app-error";
import { type Duplicate, duplicateRules } from "@sightline/rules/file/duplicate-rules";
import type { RuleFile } from "@sightline/rules/file/rule-file";
import type { Context } from "../context.ts";
import { counted } from "../print/table.ts";
import { readRules } from "./read-rules.ts";

export interface CheckOptions {
  readonly findsDuplicates: boolean;
  readonly lintFatal: boolean;
  readonly ignoreUnknownFields: boolean;
}

interface Checked {
  readonly file: string;
  readonly rules: number;
  readonly errors: readonly string[];
  /** What is no error unless it is asked to be one. */
  readonly lint: readonly string[];
}

/** `sightlinectl rules check`: says what promtool says. Throws AppError when a file is not as it has to be. */
export function check({ out }: Context, files: readonly string[], options: CheckOptions): void {
  const checked = files.map((file) => checkFile(file, options));
  if (out.json) out.value({ files: checked }, []);
  else for (const one of checked) tell(out, one);
  const failed = checked.filter(({ errors, lint }) => errors.length > 0 || (options.lintFatal && lint.length > 0));
  if (failed.length > 0)
    throw new AppError("failed_precondition", `${counted(failed.length, "file")} of ${files.length} failed`);
}

function checkFile(path: string, options: CheckOptions): Checked {
  const { file, errors } = readRules(path, options);
  const isFine = errors.length === 0;
  const lint = isFine && options.findsDuplicates ? lintOf(file) : [];
  return { file: path, rules: file.groups.reduce((sum, { rules }) => sum + rules.length, 0), errors, lint };
}

function lintOf(file: RuleFile): readonly string[] {
  const duplicates = duplicateRules(file);
  if (duplicates.length === 0) return [];
  const lines = duplicates.flatMap(({ name, labels }: Duplicate) => [
    `Metric: ${name}`,
    "Label(s):",
    ...Object.entries(labels)
      .sort()
      .map(([label, value]) => `\t${label}: ${value}`),
  ]);
  const text = [
    `${duplicates.length} duplicate rule(s) found.`,
    ...lines,
    "Might cause inconsistency while recording expressions",
  ];
  return [`lint error ${text.join("\n")}`];
}

function tell(out: Context["out"], { file, rules, errors, lint }: Checked): void {
  out.line(`Checking ${file}`);
  const found = [...errors, ...lint];
  if (found.length > 0) out.note(["  FAILED:", ...found].join("\n"));
  else out.line(`  SUCCESS: ${rules} rules found`);
  out.line("");
}
