import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError, invalid, unavailable } from "@sightline/errors/app-error";
import { eventually } from "@sightline/testkit/eventually";
import { testClock } from "@sightline/testkit/test-clock";
import { createSampleOutbox } from "./sample-outbox.ts";

const code = (want: string) => (thrown: unknown) => AppError.from(thrown).code === want;

/** An outbox to a bus that does as `take` says, and what it gave up. */
function createWorld(take: (msgId: string) => Promise<void>) {
  const sent: string[] = [];
  const dropped: string[] = [];
  const clock = testClock(0);
  const outbox = createSampleOutbox({
    publisher: {
      async publish(_payload, { msgId }) {
        await take(msgId);
        sent.push(msgId);
        return { stream: "TELEMETRY", seq: sent.length, duplicate: false };
      },
      maxMessageBytes: () => 50,
    },
    steadyMs: clock,
    maxBytes: 100,
    maxTenantBytes: 60,
    maxAgeMs: 60_000,
    onDropped: (reason, samples) => dropped.push(`${reason} ${samples}`),
  });
  const put = (msgId: string, { tenant = "a", bytes = 20 } = {}) =>
    outbox.put({ tenant, msgId, payload: new Uint8Array(bytes), records: 2, receivedUnixNano: 0n });
  return { outbox, put, sent, dropped, clock };
}

describe("what rules have recorded", () => {
  test("waits for a bus that hangs, and nobody waits for it", async () => {
    const hangs = Promise.withResolvers<void>();
    const { outbox, put, sent, dropped } = createWorld(() => hangs.promise);
    for (const msgId of ["1", "2", "3"]) put(msgId);
    assert.throws(() => put("4"), code("unavailable"), "a tenant has its part of the room");
    put("5", { tenant: "b" });
    assert.throws(() => put("6", { tenant: "c", bytes: 21 }), code("unavailable"), "there is no more than that");
    assert.throws(() => put("7", { tenant: "c", bytes: 51 }), code("too_large"));
    assert.deepEqual(dropped, ["no_room 2", "no_room 2"]);
    hangs.resolve();
    await outbox.close(10_000);
    assert.deepEqual(sent, ["1", "5", "2", "3"]);
    assert.equal(outbox.lostOf("a"), undefined, "who had no room was told at once");
  });

  test("is offered again to a bus that was away, in its order", async () => {
    let away = true;
    let offered = 0;
    const { outbox, put, sent } = createWorld(async () => {
      offered += 1;
      if (away) throw unavailable("the bus is away", { retryAfterMs: 10 });
    });
    put("1");
    put("2");
    await eventually(() => offered > 1);
    away = false;
    await outbox.close(10_000);
    assert.deepEqual(sent, ["1", "2"]);
  });

  test("is given up after a minute, which is told once", async () => {
    const { outbox, put, dropped, clock } = createWorld(async () => {
      await Promise.resolve();
      clock.set(60_000);
      throw unavailable("the bus is away");
    });
    put("1");
    put("2");
    await outbox.close(10_000);
    assert.deepEqual(dropped, ["not_taken 2", "not_taken 2"]);
    assert.match(outbox.lostOf("a")?.message ?? "", /^cannot record: 4 samples of before were given up: /);
    assert.deepEqual([outbox.lostOf("a"), outbox.lostOf("b")], [undefined, undefined]);
  });

  test("is offered once where offering it again would be no better", async () => {
    const { outbox, put, dropped } = createWorld(async () => {
      throw invalid("no such subject");
    });
    put("1");
    await outbox.close(10_000);
    assert.deepEqual(dropped, ["not_taken 2"]);
  });

  test("holds up no end for longer than that may take", async () => {
    const { outbox, put, dropped } = createWorld(async () => {
      throw unavailable("the bus is away");
    });
    put("1");
    await outbox.close(50);
    assert.deepEqual(dropped, ["not_taken 2"]);
  });
});
