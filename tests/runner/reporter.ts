import { appendFileSync } from "node:fs";
import type { TestEvent } from "node:test/reporters";
import { inspect } from "node:util";

/** What a test file's process tells about one test, a JSON line each. */
export interface TestOutcome {
  /** Names of the suites around it and its own, outermost first. */
  readonly path: readonly string[];
  readonly outcome: "begun" | "passed" | "failed" | "skipped";
  /** Why it failed, with the stack; or why it was skipped. */
  readonly reason?: string;
}

/**
 * Loaded by Node inside the process of a test file: appends every test's outcome to the file named by
 * SIGHTLINE_TEST_REPORT at once, so that nothing told is lost when the process is killed.
 */
async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const file = process.env["SIGHTLINE_TEST_REPORT"];
  if (file === undefined) throw new Error("cannot report tests: SIGHTLINE_TEST_REPORT is not set");
  const open: string[] = [];
  const tell = (outcome: TestOutcome): void => appendFileSync(file, `${JSON.stringify(outcome)}\n`);
  for await (const event of events) {
    if (event.type === "test:dequeue" && event.data.type === "test")
      tell({ path: [event.data.name], outcome: "begun" });
    if (event.type === "test:start") {
      open.length = event.data.nesting;
      open.push(event.data.name);
      continue;
    }
    if (event.type !== "test:pass" && event.type !== "test:fail") continue;
    const { name, nesting } = event.data;
    const outcome = outcomeOf(event, [...open.slice(0, nesting), name]);
    if (outcome !== undefined) tell(outcome);
  }
  // Everything goes into the file; standard output is the tests' own.
  yield "";
}

type Finished = Extract<TestEvent, { type: "test:pass" | "test:fail" }>;

function outcomeOf({ type, data }: Finished, path: string[]): TestOutcome | undefined {
  if (data.skip !== undefined && data.skip !== false) {
    return {
      path,
      outcome: "skipped",
      reason: typeof data.skip === "string" && data.skip !== "" ? data.skip : "no reason given",
    };
  }
  if (type === "test:pass") return data.details.type === "suite" ? undefined : { path, outcome: "passed" };
  const { error } = data.details;
  // A suite or test that failed only because of what is in it: that has been told already.
  if (Reflect.get(error, "failureType") === "subtestsFailed") return undefined;
  return { path, outcome: "failed", reason: inspect(error.cause ?? error, { depth: 6 }) };
}

// biome-ignore lint/style/noDefaultExport: Node loads a reporter by its default export
export default report;
