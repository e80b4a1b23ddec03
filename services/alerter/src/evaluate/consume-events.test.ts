import assert from "node:assert/strict";
import { test } from "node:test";
import { connectBus } from "@sightline/bus/connect";
import { createPublisher } from "@sightline/bus/publish";
import { ensureStreams, purgeBefore } from "@sightline/bus/streams";
import { AppError, unavailable } from "@sightline/errors/app-error";
import { nanosOfMs } from "@sightline/model/time";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startNats } from "@sightline/testkit/servers";
import { testClock } from "@sightline/testkit/test-clock";
import { Registry } from "prom-client";
import { createAlerterMetrics } from "../metrics.ts";
import { consumeEvents } from "./consume-events.ts";
import type { EventMessage } from "./events.ts";

/** The bus with a consumption of its events, which `take` takes in, and how a test tells of an event. */
async function startConsumption(take: (message: EventMessage) => Promise<number>) {
  await using opened = new AsyncDisposableStack();
  const server = opened.use(await startNats());
  const bus = await connectBus({ url: server.url, name: "test", log: quietLog });
  opened.defer(() => bus.close());
  await ensureStreams(bus, { diskBudgetBytes: 50_000_000, replicas: 1 });
  const clock = testClock();
  const metrics = createAlerterMetrics(new Registry());
  const { signal } = new AbortController();
  const rest = { settleMs: 0, onMoved: () => undefined };
  const consumption = await consumeEvents(bus, { clock, events: { take }, metrics, signal, ...rest });
  opened.defer(() => consumption.close());
  const events = createPublisher(bus, "events", { as: "ingest", maxInFlightBytes: 1 << 20 });
  const anomalies = createPublisher(bus, "anomaly", { as: "analyzer", maxInFlightBytes: 1 << 20 });
  const closing = opened.move();
  return {
    bus,
    clock,
    knownUntilMs: consumption.knownUntilMs,
    publish: (tenant: string, msgId: string, receivedMs: number, subject: "events" | "anomaly" = "events") =>
      (subject === "events" ? events : anomalies).publish(Buffer.from(msgId), {
        tenant,
        records: 1,
        msgId,
        receivedUnixNano: nanosOfMs(receivedMs),
      }),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

test("nothing is known beyond a message that could not be taken in, until it is", async () => {
  let away = true;
  let attempts = 0;
  await using world = await startConsumption(async () => {
    attempts++;
    if (away) throw unavailable("postgres is away", { retryAfterMs: 50 });
    return 0;
  });
  const { clock, knownUntilMs } = world;
  const receivedMs = clock() - 60_000;
  assert.equal(knownUntilMs("default"), clock(), "nothing waits");
  await world.publish("default", "one", receivedMs);
  await eventually(() => attempts >= 2);
  assert.equal(knownUntilMs("default"), receivedMs);
  assert.equal(knownUntilMs("other"), clock(), "nothing of theirs is missing");
  away = false;
  await eventually(() => knownUntilMs("default") === clock());
});

test("what failed and is not on the bus any more is waited for no longer than it could have been there", async () => {
  let attempts = 0;
  await using world = await startConsumption(async () => {
    attempts += 1;
    throw new AppError("internal", "a defect");
  });
  const { bus, clock, knownUntilMs } = world;
  const receivedMs = clock() - 60_000;
  await world.publish("default", "one", receivedMs);
  await eventually(() => attempts === 1);
  await purgeBefore(bus, { stream: "telemetry", seq: 2 });
  clock.set(clock() + 3 * 24 * 3_600_000);
  assert.equal(knownUntilMs("default"), receivedMs);
  clock.set(clock() + 1);
  assert.equal(knownUntilMs("default"), clock());
});

test("what cannot be taken in is before what came later, and keeps no other tenant waiting", async () => {
  const taken: string[] = [];
  let away = true;
  let attempts = 0;
  await using world = await startConsumption(async ({ tenant, payload }) => {
    attempts += tenant === "default" ? 1 : 0;
    if (tenant === "default" && away) throw unavailable("postgres is away", { retryAfterMs: 20 });
    taken.push(Buffer.from(payload).toString());
    return 0;
  });
  for (const name of ["begins", "ends"]) await world.publish("default", name, world.clock());
  await world.publish("other", "another's", world.clock());
  await eventually(() => attempts >= 3 && taken.length > 0);
  away = false;
  await eventually(() => taken.length === 3);
  assert.deepEqual(taken, ["another's", "begins", "ends"]);
});

test("one tenant's slow rules keep no other tenant waiting, and their own events in order", async () => {
  const begun: string[] = [];
  const slow = Promise.withResolvers<void>();
  await using world = await startConsumption(async ({ tenant, payload }) => {
    begun.push(Buffer.from(payload).toString());
    if (tenant === "slow") await slow.promise;
    return 0;
  });
  // It can be stopped, whatever fails.
  using _ended = { [Symbol.dispose]: slow.resolve };
  const { clock, knownUntilMs } = world;
  const receivedMs = clock() - 60_000;
  for (let at = 0; at < 20; at++) await world.publish("slow", `slow ${at}`, receivedMs + at);
  for (let at = 0; at < 20; at++) await world.publish("quick", `quick ${at}`, receivedMs + at);
  const quick = Array.from({ length: 20 }, (_, at) => `quick ${at}`);
  await eventually(() => begun.length === 21);
  assert.deepEqual(begun, ["slow 0", ...quick]);
  await eventually(() => knownUntilMs("quick") === clock());
  assert.equal(knownUntilMs("slow"), receivedMs);
  slow.resolve();
  await eventually(() => knownUntilMs("slow") === clock());
  assert.deepEqual(
    begun.slice(21),
    Array.from({ length: 19 }, (_, at) => `slow ${at + 1}`),
  );
});

test("at most 32 tenants' events are taken in at the same time, whatever they are about", async () => {
  let begun = 0;
  let most = 0;
  let running = 0;
  const slow = Promise.withResolvers<void>();
  await using world = await startConsumption(async () => {
    begun += 1;
    running += 1;
    most = Math.max(most, running);
    await slow.promise;
    running -= 1;
    return 0;
  });
  using _ended = { [Symbol.dispose]: slow.resolve };
  const { clock, knownUntilMs } = world;
  for (const subject of ["events", "anomaly"] as const)
    for (let at = 0; at < 20; at++) await world.publish(`${subject}-${at}`, `${subject} ${at}`, clock() - 1, subject);
  // All have come, and those that could be were begun.
  await eventually(() => begun >= 32 && knownUntilMs("nobody") === clock());
  slow.resolve();
  await eventually(() => begun === 40);
  assert.equal(most, 32);
});

test("what waits for its turn when it is stopped is for whoever goes on", async () => {
  const begun: string[] = [];
  const slow = Promise.withResolvers<void>();
  {
    await using world = await startConsumption(async ({ payload }) => {
      begun.push(Buffer.from(payload).toString());
      await slow.promise;
      return 0;
    });
    for (const name of ["first", "second"]) await world.publish("slow", name, world.clock());
    await world.publish("other", "third", world.clock());
    // They come in their order, so that the second waits by then.
    await eventually(() => begun.length === 2);
    setImmediate(slow.resolve);
  }
  assert.deepEqual(begun, ["first", "third"]);
});
