import assert from "node:assert/strict";
import { test } from "node:test";
import { connectBus } from "@sightline/bus/connect";
import { createPublisher } from "@sightline/bus/publish";
import { ensureStreams } from "@sightline/bus/streams";
import { unavailable } from "@sightline/errors/app-error";
import { nanosOfMs } from "@sightline/model/time";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startNats } from "@sightline/testkit/servers";
import { testClock } from "@sightline/testkit/test-clock";
import { Registry } from "prom-client";
import { createAlerterMetrics } from "../metrics.ts";
import { consumeEvents } from "./consume-events.ts";

test("nothing is known beyond a message that could not be taken in, until it is", async () => {
  await using server = await startNats();
  const bus = await connectBus({ url: server.url, name: "test", log: quietLog });
  await ensureStreams(bus, { diskBudgetBytes: 50_000_000, replicas: 1 });
  const clock = testClock();
  const receivedMs = clock() - 60_000;
  let away = true;
  let attempts = 0;
  const consumption = await consumeEvents(bus, {
    clock,
    events: {
      take: async () => {
        attempts++;
        if (away) throw unavailable("postgres is away", { retryAfterMs: 50 });
        return 0;
      },
    },
    metrics: createAlerterMetrics(new Registry()),
    signal: new AbortController().signal,
    settleMs: 0,
    onMoved: () => undefined,
  });
  try {
    assert.equal(consumption.knownUntilMs(), clock(), "nothing waits");
    const publisher = createPublisher(bus, "events", { as: "ingest", maxInFlightBytes: 1 << 20 });
    const receivedUnixNano = nanosOfMs(receivedMs);
    await publisher.publish(Buffer.from("x"), { tenant: "default", records: 1, msgId: "one", receivedUnixNano });
    await eventually(() => attempts >= 2);
    assert.equal(consumption.knownUntilMs(), receivedMs);
    away = false;
    await eventually(() => consumption.knownUntilMs() === clock());
  } finally {
    await consumption.close();
    await bus.close();
  }
});
