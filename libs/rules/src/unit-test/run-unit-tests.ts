import { AppError } from "@sightline/errors/app-error";
import { quote } from "@sightline/gotext/quote";
import { formatDuration } from "@sightline/query/promql/durations";
import type { RuleGroup } from "../file/rule-file.ts";
import { areSameAlerts, areSameSamples, sortedAlerts, sortedSamples } from "./compare.ts";
import { formatAlerts, formatSamples, indent, type ShownSample, shownSample } from "./format-results.ts";
import { readExpectedSample } from "./read-expected-sample.ts";
import { createTestRun, type TestRun } from "./test-run.ts";
import type { AlertTest, ExpectedAlert, ExpressionTest, UnitTest, UnitTestFile } from "./unit-test-file.ts";

export interface RunOptions {
  /** The groups of all rule files of the tests, in the order of the files. */
  readonly groups: readonly RuleGroup[];
  /** Which tests are run; default: all. */
  readonly isWanted?: (name: string) => boolean;
  readonly signal: AbortSignal;
}

export interface TestResult {
  readonly name: string;
  /** What was wrong, in promtool's words; none when it passed. */
  readonly failures: readonly string[];
}

/** Runs the tests of a file one after the other. Rejects only when it is cancelled. */
export async function runUnitTests(file: UnitTestFile, options: RunOptions): Promise<readonly TestResult[]> {
  const results: TestResult[] = [];
  for (const test of file.tests) {
    if (options.isWanted?.(test.name) === false) continue;
    results.push({ name: test.name, failures: await runTest(test, file, options) });
  }
  return results;
}

async function runTest(test: UnitTest, file: UnitTestFile, options: RunOptions): Promise<readonly string[]> {
  try {
    return await evaluateTest(test, file, options);
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (options.signal.aborted) throw error;
    return [error.message];
  }
}

async function evaluateTest(test: UnitTest, file: UnitTestFile, options: RunOptions): Promise<readonly string[]> {
  const { evaluationIntervalMs } = file;
  const run = createTestRun(test, {
    ...options,
    groups: inOrder(options.groups, file.groupEvalOrder),
    evaluationIntervalMs,
  });
  const alertTests = [...test.alertTests].sort((a, b) => a.evalTimeMs - b.evalTimeMs);
  const lastMs = Math.max(0, ...[...test.alertTests, ...test.expressionTests].map(({ evalTimeMs }) => evalTimeMs));
  const failures: string[] = [];
  for (let sinceMs = 0; sinceMs <= lastMs; sinceMs += evaluationIntervalMs) {
    const problems = await run.evaluate(sinceMs);
    failures.push(...problems);
    // As promtool: a rule that fails ends the test.
    if (problems.length > 0) return failures;
    while (alertTests[0] !== undefined && alertTests[0].evalTimeMs < sinceMs + evaluationIntervalMs) {
      const [alertTest] = alertTests.splice(0, 1);
      if (alertTest !== undefined) failures.push(...checkAlerts(alertTest, run, test));
    }
  }
  for (const one of test.expressionTests) failures.push(...(await checkExpression(one, run, file.fuzzyCompare)));
  return failures;
}

/** Those that the order does not name come with the first. */
function inOrder(groups: readonly RuleGroup[], order: readonly string[]): readonly RuleGroup[] {
  const placeOf = ({ name }: RuleGroup) => Math.max(0, order.indexOf(name));
  return [...groups].sort((a, b) => placeOf(a) - placeOf(b));
}

function checkAlerts(
  { evalTimeMs, alertName, expected }: AlertTest,
  run: TestRun,
  { name }: UnitTest,
): readonly string[] {
  const want = sortedAlerts(expected);
  const got = sortedAlerts(run.firing(alertName));
  if (areSameAlerts(want, got)) return [];
  const testName = name.startsWith("unnamed#") ? "" : `    name: ${name},\n`;
  const shown = (alerts: readonly ExpectedAlert[]) => indent(formatAlerts(alerts), "            ");
  return [
    `${testName}    alertname: ${alertName}, time: ${formatDuration(evalTimeMs)}, \n        exp:${shown(want)}, \n        got:${shown(got)}`,
  ];
}

async function checkExpression(test: ExpressionTest, run: TestRun, isFuzzy: boolean): Promise<readonly string[]> {
  const where = `    expr: ${quote(test.expression)}, time: ${formatDuration(test.evalTimeMs)}`;
  let got: readonly ShownSample[];
  let want: readonly ShownSample[];
  try {
    got = sortedSamples(
      (await run.ask(test.expression, test.evalTimeMs)).map(({ labels, value }) => shownSample(labels, value)),
    );
    want = sortedSamples(test.expected.map(readExpectedSample));
  } catch (thrown) {
    return [`${where}, err: ${AppError.from(thrown).message}`];
  }
  if (areSameSamples(want, got, isFuzzy)) return [];
  return [`${where},\n        exp: ${formatSamples(want)}\n        got: ${formatSamples(got)}`];
}
