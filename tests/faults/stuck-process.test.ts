import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { startCountedLoad } from "./counted-load.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { freeze } from "./freeze.ts";
import { assertOnceEach } from "./stored.ts";

const patience = { timeoutMs: 60_000, intervalMs: 50 };
/** A question waits two seconds for its answer: what stands still for five counts as dead. */
const liveness = { periodMs: 100, failures: 2 };
/** Each under load, the n-th time that it comes there. */
const failpoints = {
  ingest: { SIGHTLINE_FAILPOINTS: "ingest.before-publish=crash:30" },
  storage: { SIGHTLINE_FAILPOINTS: "storage.before-record=block:8" },
};

describe("a process that does not do its work any more is started again", { timeout: 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  const reports: string[] = [];
  let system: FaultStack;

  before(async () => {
    const settings: Record<string, Record<string, string>> = { ...failpoints };
    const services = ["ingest", "storage", "analyzer"] as const;
    const report = (line: string) => void reports.push(line);
    system = closers.use(await startFaultStack({ services, liveness, report, settings }));
    // The processes that come next are well.
    for (const name of Object.keys(failpoints)) settings[name] = {};
  });

  /** That a process ended so, and another one took its place. */
  const startedAgain = (service: string, how: string) =>
    eventually(() => {
      const ended = reports.findIndex((line) => line.startsWith(`${service} ended unexpectedly (${how})`));
      assert.ok(ended !== -1 && reports.indexOf(`${service} is up again`, ended) !== -1, reports.join("\n"));
    }, patience);

  test("after an error that nobody caught, and after its event loop stood still: nothing acknowledged is lost, nothing twice", async () => {
    const { stack, clickhouse, ingestKey: apiKey } = system;
    const mark = "stuck";
    await using load = startCountedLoad({ addresses: [stack.doors.otlpGrpc], apiKey, mark });
    await Promise.all([startedAgain("ingest", "exit code 1"), startedAgain("storage", "signal SIGKILL")]);
    const before = load.fewestAcknowledged();
    await eventually(() => load.fewestAcknowledged() > before + 10, patience);
    await assertOnceEach(await load.stop(), { clickhouse, mark });
  });

  test("after it was stopped and nobody let it go on", async () => {
    const process = system.stack.process("analyzer");
    const pid = process.pid();
    using _still = freeze(pid);
    await startedAgain("analyzer", "signal SIGKILL");
    assert.notEqual(process.pid(), pid);
  });

  test("and none beside it is", () => {
    const ended = reports.filter((line) => line.includes("ended unexpectedly")).map((line) => line.split(" ")[0]);
    assert.deepEqual(ended.toSorted(), ["analyzer", "ingest", "storage"], reports.join("\n"));
  });
});
