import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DEAD_LETTER_HEADERS } from "@sightline/bus/dead-letter";
import { createPublisher } from "@sightline/bus/publish";
import { streamState } from "@sightline/bus/streams";
import { HEADERS, SIGNALS } from "@sightline/bus/subjects";
import type { ClickHouse } from "@sightline/clickhouse/client";
import { EventBatch } from "@sightline/proto/sightline/event/v1/event";
import { eventually } from "@sightline/testkit/eventually";
import { type CountedMessages, createCountedMessages } from "../testing/counted-messages.ts";
import { crashWriter } from "../testing/crash-writer.ts";
import { startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { payloadOf } from "../testing/payloads.ts";
import {
  countIds,
  type Pipeline,
  quietObserver,
  startPipeline,
  startTestWriter,
  watchRejected,
} from "../testing/pipeline.ts";

let database: TestDatabase;
let clickhouse: ClickHouse;
let pipeline: Pipeline;
let messages: CountedMessages;

before(async () => {
  database = await startTestDatabase();
  clickhouse = database.clickhouse;
  pipeline = await startPipeline();
  messages = createCountedMessages(pipeline, clickhouse);
});
after(async () => {
  await pipeline[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const publish: CountedMessages["publish"] = (...args) => messages.publish(...args);
const allStoredOnce: CountedMessages["allStoredOnce"] = (...signals) => messages.allStoredOnce(...signals);

test("records of all signals are stored once, whatever their shard", async () => {
  const writer = await startTestWriter(pipeline.bus, clickhouse);
  try {
    for (const signal of SIGNALS) await publish(signal, 8, "acme");
    await allStoredOnce(...SIGNALS);
    await eventually(() => {
      assert.deepEqual(
        writer.lags().map(({ signal, pendingMessages }) => [signal, pendingMessages]),
        SIGNALS.map((signal) => [signal, 0n]),
      );
    });
  } finally {
    await writer.stop();
  }
});

test("the events of the services themselves are stored as well", async () => {
  const publisher = createPublisher(pipeline.bus, "anomaly", { as: "analyzer", maxInFlightBytes: 1e6 });
  messages.expect("events", "an anomaly");
  const payload = payloadOf.events(["an anomaly"]);
  await publisher.publish(payload, { tenant: "acme", records: 1, msgId: "anomaly" });
  const writer = await startTestWriter(pipeline.bus, clickhouse);
  try {
    await allStoredOnce("events");
  } finally {
    await writer.stop();
  }
});

test("a series is written once, not with every sample", async () => {
  let batches = 0;
  let seriesInserts = 0;
  const observer = {
    ...quietObserver,
    inserted: (table: string) => {
      if (table === "metrics_series") seriesInserts += 1;
    },
    stored: () => {
      batches += 1;
    },
  };
  const writer = await startTestWriter(pipeline.bus, clickhouse, { observe: () => observer, lanes: ["metrics"] });
  try {
    for (let sample = 1; sample <= 3; sample++) {
      await pipeline.publish("metrics", ["steady"]);
      await eventually(() => batches === sample);
    }
    assert.equal(seriesInserts, 1);
    assert.equal((await countIds(clickhouse, "metrics"))["steady"], 3);
  } finally {
    await writer.stop();
    const steady = "SELECT Fingerprint FROM metrics_series WHERE Attributes['id'] = 'steady'";
    await clickhouse.command(`DELETE FROM metrics_samples WHERE Fingerprint IN (${steady})`);
  }
});

test("a new writer goes on behind what is stored", async () => {
  await publish("logs", 3);
  const writer = await startTestWriter(pipeline.bus, clickhouse);
  try {
    await allStoredOnce("logs");
  } finally {
    await writer.stop();
  }
});

const crashes = [
  { name: "before an insert", signal: "logs", insert: 1, when: "before" },
  { name: "after an insert", signal: "logs", insert: 1, when: "after" },
  { name: "after the third insert", signal: "traces", insert: 3, when: "after" },
  { name: "between the tables of a batch", signal: "metrics", insert: 2, when: "after" },
] as const;
for (const { name, signal, insert, when } of crashes) {
  test(`a process that dies ${name} loses nothing and stores nothing twice`, async () => {
    await publish(signal, 12);
    // Each message is a batch.
    await crashWriter(pipeline, database, { insert, when, named: "", maxRows: 2 });
    await publish(signal, 2);
    const writer = await startTestWriter(pipeline.bus, clickhouse);
    try {
      await allStoredOnce(signal);
    } finally {
      await writer.stop();
    }
  });
}

/** A way to the database that stops at a gate. */
function gated() {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const insertNative: ClickHouse["insertNative"] = async (table, blocks, options = {}) => {
    reached.resolve();
    await gate.promise;
    // A process that was stopped does not see that it lost the lane: it goes on where it was.
    const { signal: _, ...rest } = options;
    await clickhouse.insertNative(table, blocks, rest);
  };
  return { insertNative, open: gate.resolve, reached: reached.promise };
}

test("a writer that was stopped and wakes up stores nothing twice, and stands by", async () => {
  const way = gated();
  const zombie = await startTestWriter(pipeline.bus, way, { lanes: ["logs"] });
  await publish("logs", 5);
  await way.reached;
  const heir = await startTestWriter(pipeline.bus, clickhouse, { lanes: ["logs"] });
  try {
    await publish("logs", 5);
    await allStoredOnce("logs");
    way.open();
    await publish("logs", 5);
    await allStoredOnce("logs");
  } finally {
    await heir.stop();
  }
  // The lane was given back: who stood by takes it.
  try {
    await publish("logs", 5);
    await allStoredOnce("logs");
  } finally {
    await zombie.stop();
  }
});

test("two writers at the same time store everything once", async () => {
  const writers = await Promise.all([
    startTestWriter(pipeline.bus, clickhouse),
    startTestWriter(pipeline.bus, clickhouse),
  ]);
  try {
    for (const signal of SIGNALS) await publish(signal, 10);
    await allStoredOnce(...SIGNALS);
  } finally {
    await Promise.all(writers.map((writer) => writer.stop()));
  }
});

async function deadLetterOf(seq: number) {
  const { manager } = pipeline.bus;
  const { lastSeq } = await streamState(pipeline.bus, "deadLetter");
  const letters = await Promise.all(
    Array.from({ length: lastSeq }, (_, at) => manager.streams.getMessage("DEADLETTER", { seq: at + 1 })),
  );
  return letters.find((letter) => letter?.header.get(DEAD_LETTER_HEADERS.sequence) === String(seq));
}

test("malformed messages are put aside with the reason, and their neighbours stored", async () => {
  const [good] = await publish("logs", 1);
  assert.ok(good !== undefined);
  const malformed = await pipeline.publish("logs", [], { payload: Buffer.from("this is no protobuf") });
  await pipeline.publish("logs", ["nobody's"], { tenant: "NOT A TENANT" });
  await publish("logs", 1);
  const { rejected, observe } = watchRejected();
  const writer = await startTestWriter(pipeline.bus, clickhouse, { observe });
  try {
    await allStoredOnce("logs");
    assert.deepEqual(
      rejected.map(({ reason }) => reason),
      ["malformed", "no_tenant"],
    );
    const letter = await deadLetterOf(malformed);
    assert.equal(letter?.header.get(DEAD_LETTER_HEADERS.reason), "malformed");
    assert.notEqual(letter?.header.get(DEAD_LETTER_HEADERS.error), "");
    assert.equal(Buffer.from(letter?.data ?? []).toString(), "this is no protobuf");
    const told = await pipeline.bus.manager.streams.getMessage("SIGNALS", { last_by_subj: "signals.storage" });
    const events = EventBatch.decode(told?.data ?? new Uint8Array()).events;
    assert.deepEqual(
      events.map(({ eventType, title }) => [eventType, title]),
      [["dead_letter", "a message of 1 record could not be stored: no_tenant"]],
    );
    assert.equal(told?.header.get(HEADERS.tenant), "default");
  } finally {
    await writer.stop();
  }
});

test("an event that may not be kept is put aside, and the others of its message stored", async () => {
  const { rejected, observe } = watchRejected();
  messages.expect("events", "fine");
  // The title must not be empty.
  await pipeline.publish("events", ["fine", ""]);
  const writer = await startTestWriter(pipeline.bus, clickhouse, { observe });
  try {
    await allStoredOnce("events");
    assert.deepEqual(
      rejected.map(({ reason }) => reason),
      ["invalid_record"],
    );
    assert.match(rejected[0]?.error.message ?? "", /event 1 of 2: title/);
  } finally {
    await writer.stop();
  }
});

test("a trickle over all shards makes few inserts", async () => {
  const inserts: string[] = [];
  const limits = { maxRows: 1_000_000, maxBytes: 100_000_000, flushIntervalMs: 100, insertIntervalMs: 1000 };
  const writer = await startTestWriter(pipeline.bus, clickhouse, {
    limits,
    observe: () => ({ ...quietObserver, inserted: (table: string) => inserts.push(table) }),
  });
  try {
    const startedAt = performance.now();
    while (performance.now() - startedAt < 1500) await publish("logs", 1);
    await allStoredOnce("logs");
    const seconds = (performance.now() - startedAt) / 1000;
    assert.ok(inserts.length <= seconds + 1, `got ${inserts.length} inserts in ${seconds} s`);
  } finally {
    await writer.stop();
  }
});

test("what is stored is purged from the bus after its time", async () => {
  const { lastSeq } = await streamState(pipeline.bus, "telemetry");
  const writer = await startTestWriter(pipeline.bus, clickhouse, { keepStoredMs: 200 });
  try {
    await publish("traces", 2);
    await allStoredOnce("traces");
    await eventually(async () => (await streamState(pipeline.bus, "telemetry")).firstSeq > lastSeq);
  } finally {
    await writer.stop();
  }
});
