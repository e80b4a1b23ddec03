import { globSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { AppError } from "@sightline/errors/app-error";
import { compilePattern } from "@sightline/regex/pattern";
import type { RuleGroup } from "@sightline/rules/file/rule-file";
import { type FileResult, formatJunit } from "@sightline/rules/unit-test/junit";
import { parseUnitTestFile } from "@sightline/rules/unit-test/parse-unit-test-file";
import { runUnitTests } from "@sightline/rules/unit-test/run-unit-tests";
import { formatProblem } from "@sightline/rules/yaml/problem";
import type { Context } from "../context.ts";
import { counted } from "../print/table.ts";
import { UsageError } from "../usage-error.ts";
import { readRules, readText } from "./read-rules.ts";

export interface TestOptions {
  /** Tests whose name matches one of them are run; all when there are none. */
  readonly patterns: readonly string[];
  readonly junit: string | undefined;
  readonly ignoreUnknownFields: boolean;
}

/** `sightlinectl rules test`: says what promtool says. Rejects with AppError when a test fails. */
export async function runTests(context: Context, files: readonly string[], options: TestOptions): Promise<void> {
  const { out, now } = context;
  const isWanted = wantedTests(options.patterns);
  const results: FileResult[] = [];
  for (const file of files) {
    if (!out.json) out.line(`Processing test file: ${file}`);
    const startedAt = new Date(now()).toISOString().slice(0, 19);
    const result = { ...(await runFile(context, file, { ...options, isWanted })), file, startedAt };
    results.push(result);
    if (!out.json) tell(out, result);
  }
  if (out.json) out.value({ files: results }, []);
  if (options.junit !== undefined) writeFileSync(options.junit, formatJunit(results));
  const failed = results.filter(isFailed).length;
  if (failed > 0) throw new AppError("failed_precondition", `${counted(failed, "file")} of ${files.length} failed`);
}

interface Running extends TestOptions {
  readonly isWanted: (name: string) => boolean;
}

async function runFile(
  { out, signal }: Context,
  path: string,
  options: Running,
): Promise<Pick<FileResult, "tests" | "error">> {
  const text = readText(path);
  if (text instanceof AppError) return { tests: [], error: text.message };
  const { file, problems } = parseUnitTestFile(text);
  if (problems.length > 0)
    return { tests: [], error: problems.map((problem) => `${path}: ${formatProblem(problem)}`).join("\n") };
  const groups: RuleGroup[] = [];
  const errors: string[] = [];
  for (const pattern of file.ruleFiles) {
    const found = globSync(isAbsolute(pattern) ? pattern : join(dirname(path), pattern)).sort();
    if (found.length === 0) out.note(`  WARNING: no file match pattern ${pattern}`);
    for (const one of found) {
      const read = readRules(one, options);
      groups.push(...read.file.groups);
      errors.push(...read.errors);
    }
  }
  // As promtool: without its rules each test fails.
  if (errors.length > 0) return { tests: file.tests.map(({ name }) => ({ name, failures: errors })), error: undefined };
  return { tests: await runUnitTests(file, { groups, isWanted: options.isWanted, signal }), error: undefined };
}

function wantedTests(patterns: readonly string[]): (name: string) => boolean {
  if (patterns.length === 0) return () => true;
  try {
    const pattern = compilePattern(patterns.join("|"), { anchored: false });
    return (name) => pattern.matches(name);
  } catch (thrown) {
    throw new UsageError(`--run: ${AppError.from(thrown).message}`, { cause: thrown });
  }
}

function isFailed({ tests, error }: FileResult): boolean {
  return error !== undefined || tests.some(({ failures }) => failures.length > 0);
}

function tell(out: Context["out"], result: FileResult): void {
  const failures = [
    ...(result.error === undefined ? [] : [result.error]),
    ...result.tests.flatMap(({ failures: own }) => own),
  ];
  if (isFailed(result)) out.note(["  FAILED:", ...failures].join("\n"));
  else out.line("  SUCCESS");
  out.line("");
}
