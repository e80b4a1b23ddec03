// Runs the checks and the tests: `node tests/run.ts [check|unit|…|<path or pattern>…] [--concurrency N]`.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { FREE_PORTS } from "@sightline/local/servers/free-port";
import { checks, environment, runCheck } from "./runner/checks.ts";
import { inParallel } from "./runner/in-parallel.ts";
import { type Group, planOf } from "./runner/plan.ts";
import { preparations } from "./runner/prepare.ts";
import {
  closingLine,
  failuresText,
  lineOf,
  type Result,
  shortFailuresText,
  skipsText,
  totalsOf,
} from "./runner/result.ts";
import { startSharedServers } from "./runner/shared-servers.ts";
import { runTestFile } from "./runner/test-file.ts";

const root = resolve(import.meta.dirname, "..");

interface Run {
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly results: Result[];
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { concurrency: { type: "string", default: "2" } },
  });
  const plan = planOf(root, positionals);
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => interrupted.abort());
  const run: Run = { concurrency: Number(values.concurrency), signal: interrupted.signal, results: [] };
  if (plan.checks) {
    const jobs = checks.map((check) => async () => tell(run, await runCheck(check, root, run.signal)));
    await inParallel(jobs, run.concurrency, run.signal);
  }
  const groups = plan.groups.filter(({ files, alone }) => files.length + alone.length > 0);
  if (groups.length > 0 && !run.signal.aborted) await runGroups(groups, run);
  close(run);
}

async function runGroups(groups: readonly Group[], run: Run): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const servers = await startSharedServers();
  stack.defer(servers.stop);
  const env = { ...environment(), NODE_NO_WARNINGS: "1", ...servers.env };
  const prepare = preparations(root, stack);
  for (const group of groups) {
    if (run.signal.aborted) return;
    const ofGroup = { ...env, ...(await prepare(group)) };
    // A file with a stack has processes enough for more than a core; the others wait for a good part of their time.
    const workers = run.concurrency + (group.startsStacks ? 0 : 1);
    const jobOf = (file: string) => async (worker: number) => {
      const own = { ...ofGroup, SIGHTLINE_TEST_PORTS: portsOf(worker, workers) };
      tell(run, await runTestFile({ root, file, env: own, timeoutMs: group.timeoutMs, signal: run.signal }));
    };
    await inParallel(group.files.map(jobOf), workers, run.signal);
    await inParallel(group.alone.map(jobOf), 1, run.signal);
  }
}

/** The ports from which test files of a worker choose: those of no other. */
function portsOf(worker: number, workers: number): string {
  const { lowest, highest } = FREE_PORTS;
  const width = Math.floor((highest - lowest + 1) / workers);
  return `${lowest + worker * width}-${lowest + (worker + 1) * width - 1}`;
}

function tell(run: Run, result: Result): void {
  run.results.push(result);
  console.log(lineOf(result));
  const failures = failuresText(result);
  if (failures !== "") console.log(failures);
}

/** Says how it all went. The last line is read by programs. */
function close(run: Run): void {
  const totals = totalsOf(run.results);
  const skips = skipsText(run.results);
  if (skips !== "") console.log(`\n${skips}`);
  const failing = run.results.filter((result) => result.failures.length > 0).map((result) => `failed: ${result.name}`);
  if (failing.length > 0) console.log(`\n${shortFailuresText(run.results)}\n\n${failing.join("\n")}`);
  if (run.signal.aborted) console.log("\ninterrupted: not everything was run");
  console.log(`\n${closingLine(totals)}`);
  process.exitCode = totals.failed > 0 || totals.passed === 0 || run.signal.aborted ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
