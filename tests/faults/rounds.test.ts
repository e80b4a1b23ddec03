import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { StackPart } from "@sightline/local/stack/stack";
import { eventually } from "@sightline/testkit/eventually";
import { createRandom } from "@sightline/testkit/random";
import { type CountedLoad, startCountedLoad } from "./counted-load.ts";
import { COUNTED_SIGNALS } from "./counted-request.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { freeze } from "./freeze.ts";
import { assertNoneTwice, assertOnceEach } from "./stored.ts";

/**
 * In a round each part is killed, frozen or stopped, two parts each; in the next one it is the next of the three. So two
 * rounds have every kind, and three have every kind for every part.
 */
const rounds = Number(process.env["SIGHTLINE_FAULT_ROUNDS"] ?? 2);
const freezeMs = Number(process.env["SIGHTLINE_FAULT_FREEZE_MS"] ?? 2500);
/** The same seed gives the same moments. */
const seed = Number(process.env["SIGHTLINE_FAULT_SEED"] ?? randomInt(2 ** 31));

const parts = ["ingest", "storage", "nats", "clickhouse", "postgres", "redis"] as const satisfies readonly StackPart[];
/** What records do not pass: their senders must not even notice. */
const beside = ["gateway", "analyzer", "alerter", "reporter", "collector"] as const satisfies readonly StackPart[];
const faults = ["kill -9", "SIGSTOP", "stop and start"] as const;
/** Up to so long after the data flows the fault comes. */
const maxMomentMs = 1000;

describe(`data flows while parts fail, seed ${seed}`, { timeout: (rounds + 1) * 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  const chance = createRandom(seed);
  const reports: string[] = [];
  let system: FaultStack;

  before(async () => {
    // A process that stands still for long is to wake up late, not to be ended.
    const liveness = { periodMs: 600_000, failures: 10 };
    system = closers.use(await startFaultStack({ liveness, report: (line) => void reports.push(line) }));
  });

  for (let round = 0; round < rounds; round++) {
    for (const [at, part] of parts.entries()) {
      const fault = faults[(round + at) % faults.length] ?? "kill -9";
      test(`round ${round + 1}: ${fault} of ${part}: what was acknowledged is stored, and once`, async () => {
        const mark = `round-${round}-${part}`;
        await using load = startCountedLoad({
          addresses: [system.stack.doors.otlpGrpc],
          apiKey: system.ingestKey,
          mark,
        });
        await flowing(load);
        await failOnce(part, fault);
        await flowing(load);
        await assertOnceEach(await load.stop(), { clickhouse: system.clickhouse, mark });
      });
    }
  }

  test("kill -9 of all that records do not pass: no sender notices", async () => {
    const mark = "round-beside";
    await using load = startCountedLoad({ addresses: [system.stack.doors.otlpGrpc], apiKey: system.ingestKey, mark });
    await flowing(load);
    const processes = beside.map((part) => system.stack.process(part));
    await Promise.all(processes.map((one) => one.kill()));
    await Promise.all(processes.map((one) => one.start()));
    await flowing(load);
    const sent = await load.stop();
    assert.equal(load.failed(), 0);
    await assertOnceEach(sent, { clickhouse: system.clickhouse, mark });
  });

  test("nobody ended who was not told to", () => assert.deepEqual(reports, []));

  test("nothing of any round was stored twice later on", async () => {
    for (let round = 0; round < rounds; round++) {
      for (const part of parts) await assertNoneTwice(system.clickhouse, COUNTED_SIGNALS, `round-${round}-${part}`);
    }
  });

  async function failOnce(part: StackPart, fault: (typeof faults)[number]): Promise<void> {
    const target = system.stack.process(part);
    await moment(chance.fraction() * maxMomentMs);
    if (fault === "kill -9") await target.kill();
    else if (fault === "stop and start") await target.stop();
    else {
      using _frozen = freeze(target.pid());
      await moment(freezeMs);
      return;
    }
    await target.start();
  }
});

/** Every signal's records are acknowledged, again. */
async function flowing(load: CountedLoad): Promise<void> {
  const before = load.fewestAcknowledged();
  await eventually(() => load.fewestAcknowledged() > before + 5, { timeoutMs: 60_000 });
}

function moment(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, ms);
  return promise;
}
