import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProcess } from "@sightline/local/servers/process";
import { z } from "zod";
import type { Result } from "./result.ts";

export interface TestFileOptions {
  /** The root of the tree; the test runs there. */
  readonly root: string;
  /** The test file, relative to it. */
  readonly file: string;
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  /** A file that takes longer has failed. */
  readonly timeoutMs: number;
  /** Aborted: the file's process is ended. */
  readonly signal: AbortSignal;
}

const keptOutputLines = 500;

const outcome = z.object({
  path: z.array(z.string()),
  outcome: z.enum(["begun", "passed", "failed", "skipped"]),
  reason: z.string().optional(),
});

/** Runs one test file in a process of its own, with the leak check. Never rejects for what the file does. */
export async function runTestFile(options: TestFileOptions): Promise<Result> {
  const { root, file, timeoutMs, signal } = options;
  const started = performance.now();
  const dir = await mkdtemp(join(tmpdir(), "sightline-run-"));
  const report = join(dir, "report.jsonl");
  const output: string[] = [];
  const test = startProcess({
    name: file,
    command: process.execPath,
    args: ["--import", leakCheck, `--test-reporter=${reporter}`, "--test-reporter-destination=stdout", file],
    cwd: root,
    env: { ...options.env, SIGHTLINE_TEST_REPORT: report },
    onLine(line) {
      output.push(line);
      if (output.length > keptOutputLines) output.shift();
    },
  });
  const ended = await endOf(test, timeoutMs, signal);
  const told = await readOutcomes(report);
  const outcomes = told.filter(({ outcome: how }) => how !== "begun");
  await rm(dir, { recursive: true, force: true });
  const failures = outcomes.flatMap(({ path, outcome: how, reason = "" }) =>
    how === "failed" ? [{ name: path.join(" › "), text: reason }] : [],
  );
  const problem = problemOf(ended, options, {
    tests: outcomes.length,
    failed: failures.length,
    open: openTests(told),
    output,
  });
  if (problem !== undefined) failures.push({ name: file, text: problem });
  return {
    name: file,
    durationMs: performance.now() - started,
    passed: outcomes.filter(({ outcome: how }) => how === "passed").length,
    failures,
    skips: outcomes.flatMap(({ path, outcome: how, reason = "" }) =>
      how === "skipped" ? [{ name: path.join(" › "), reason }] : [],
    ),
    output,
  };
}

const leakCheck = import.meta.resolve("@sightline/testkit/leak-check");
const reporter = new URL("./reporter.ts", import.meta.url).href;

type End =
  | { readonly how: "ended"; readonly code: number | null }
  | { readonly how: "timeout" }
  | { readonly how: "aborted" };

async function endOf(test: ReturnType<typeof startProcess>, timeoutMs: number, signal: AbortSignal): Promise<End> {
  const stop = Promise.withResolvers<End>();
  const onAbort = () => stop.resolve({ how: "aborted" });
  const timer = setTimeout(() => stop.resolve({ how: "timeout" }), timeoutMs);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  const ended = test.ended.then(({ code }): End => ({ how: "ended", code }));
  const first = await Promise.race([ended, stop.promise]);
  clearTimeout(timer);
  signal.removeEventListener("abort", onAbort);
  if (first.how === "aborted") await test.stop();
  if (first.how === "timeout") await test.kill();
  return first;
}

interface Told {
  readonly tests: number;
  readonly failed: number;
  /** Names of the tests that were begun and not ended. */
  readonly open: readonly string[];
  readonly output: readonly string[];
}

/** Why the file has failed beyond its tests, if it has. */
function problemOf(end: End, { timeoutMs }: TestFileOptions, told: Told): string | undefined {
  const leaks = told.output.filter((line) => line.startsWith("leak: "));
  if (end.how === "timeout") return `was not over after ${timeoutMs / 1000} s; it was in: ${told.open.join(", ")}`;
  if (end.how === "aborted") return "was interrupted";
  if (leaks.length > 0) return leaks.join("\n");
  if (end.code !== 0 && told.failed === 0) return `ended with exit code ${end.code}`;
  if (told.tests === 0) return "has no tests";
  return undefined;
}

function openTests(told: readonly z.infer<typeof outcome>[]): string[] {
  const open = new Set<string>();
  for (const { path, outcome: how } of told) {
    const name = path.at(-1) ?? "";
    if (how === "begun") open.add(name);
    else open.delete(name);
  }
  return [...open];
}

async function readOutcomes(report: string) {
  const text = await readFile(report, "utf8").catch(() => "");
  const lines = text.split("\n").filter((line) => line.endsWith("}"));
  return lines.map((line) => outcome.parse(JSON.parse(line)));
}
