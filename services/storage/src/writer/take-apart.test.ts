import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { listDeadLetters } from "@sightline/bus/dead-letters";
import { openRedrive } from "@sightline/bus/redrive";
import { SIGNALS, type Signal, STREAMS } from "@sightline/bus/subjects";
import type { ClickHouse } from "@sightline/clickhouse/client";
import { eventually } from "@sightline/testkit/eventually";
import { type CountedMessages, createCountedMessages } from "../testing/counted-messages.ts";
import { crashWriter } from "../testing/crash-writer.ts";
import { startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { countIds, type Pipeline, startPipeline, startTestWriter, watchRejected } from "../testing/pipeline.ts";

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

/** What the database is told to refuse, by signal: the record of the id `poison`. */
const poisonous: Readonly<Record<Signal, { readonly table: string; readonly check: string }>> = {
  traces: { table: "otel_traces", check: "SpanName != 'poison'" },
  logs: { table: "otel_logs", check: "Body != 'poison'" },
  // Two series: a message has two records of each id.
  metrics: { table: "metrics_series", check: "Attributes['id'] != 'poison'" },
  events: { table: "events", check: "Title != 'poison'" },
};

/** Makes the database refuse it until that is disposed of. */
async function refusing(signal: Signal): Promise<AsyncDisposable> {
  const { table, check } = poisonous[signal];
  await clickhouse.command(`ALTER TABLE ${table} ADD CONSTRAINT no_poison CHECK ${check}`);
  return {
    [Symbol.asyncDispose]: () => clickhouse.command(`ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS no_poison`),
  };
}

/** Publishes the poison between good records of the same message; answers its sequence. */
function publishPoison(signal: Signal): Promise<number> {
  const ids = messages.newIds(signal, 3);
  return pipeline.publish(signal, [...ids.slice(0, 2), "poison", ...ids.slice(2)]);
}

for (const signal of SIGNALS) {
  test(`a record of ${signal} that the database refuses is put aside alone, without those of its message`, async () => {
    await using _refusing = await refusing(signal);
    await messages.publish(signal, 7);
    const seq = await publishPoison(signal);
    await messages.publish(signal, 4);
    const { rejected, observe } = watchRejected();
    const writer = await startTestWriter(pipeline.bus, clickhouse, { observe });
    try {
      await messages.allStoredOnce(signal);
      const places = rejected.map(({ reason, message }) => [reason, message.seq, message.firstRecord, message.records]);
      const first = ["refused_by_database", seq, 2, 1];
      assert.deepEqual(places, signal === "metrics" ? [first, ["refused_by_database", seq, 6, 1]] : [first]);
      await messages.publish(signal, 1);
      await messages.allStoredOnce(signal);
    } finally {
      await writer.stop();
    }
  });
}

test("a record that was put aside is stored once, and it alone, when it is sent again after the repair", async () => {
  const { deadLetter } = STREAMS;
  await pipeline.bus.manager.streams.purge(deadLetter.name);
  const writer = await startTestWriter(pipeline.bus, clickhouse);
  try {
    await using repair = await refusing("logs");
    await publishPoison("logs");
    await messages.allStoredOnce("logs");
    const [letter, ...more] = await eventually(async () => {
      const { heads } = await listDeadLetters(pipeline.bus, { startSeq: 0, maxLetters: 10 });
      assert.ok(heads.length > 0);
      return heads;
    });
    assert.deepEqual([letter?.tenant, letter?.firstRecord, letter?.records, more.length], ["default", 2, 1, 0]);
    await repair[Symbol.asyncDispose]();
    const { redrive } = await openRedrive(pipeline.bus, { replicas: 1 });
    assert.ok((await redrive(letter?.seq ?? 0, { evenIfTwice: false })) !== undefined);
    messages.expect("logs", "poison");
    await messages.publish("logs", 1);
    await messages.allStoredOnce("logs");
  } finally {
    await writer.stop();
    messages.forget("logs", "poison");
    await clickhouse.command("DELETE FROM otel_logs WHERE Body = 'poison'");
  }
});

test("a series whose row was refused is written with its next sample after the repair", async () => {
  const { rejected, observe } = watchRejected();
  const writer = await startTestWriter(pipeline.bus, clickhouse, { observe });
  try {
    await using repair = await refusing("metrics");
    await pipeline.publish("metrics", ["poison"]);
    await eventually(() => assert.ok(rejected.length > 0));
    await messages.publish("metrics", 1);
    await messages.allStoredOnce("metrics");
    await repair[Symbol.asyncDispose]();
    await pipeline.publish("metrics", ["poison"]);
    await eventually(async () => assert.ok("poison" in (await countIds(clickhouse, "metrics"))), {
      timeoutMs: 30_000,
    });
  } finally {
    await writer.stop();
  }
});

test("where too much of a message is refused, what was not tried is put aside together and the rest is stored", async () => {
  await using _refusing = await refusing("logs");
  const good = messages.newIds("logs", 1024);
  await pipeline.publish("logs", [...good, ...Array.from({ length: 1024 }, () => "poison")]);
  const { rejected, observe } = watchRejected();
  const writer = await startTestWriter(pipeline.bus, clickhouse, { observe });
  try {
    await messages.allStoredOnce("logs");
    await eventually(() =>
      assert.equal(
        rejected.reduce((sum, { message }) => sum + message.records, 0),
        1024,
      ),
    );
    assert.ok(rejected.length < 220, `${rejected.length} parts`);
    assert.ok(rejected.some(({ message }) => message.records === 1));
  } finally {
    await writer.stop();
  }
});

test("where all of many messages is refused, most of them are put aside whole", async () => {
  const { rejected, observe } = watchRejected();
  await clickhouse.command("ALTER TABLE otel_logs ADD CONSTRAINT nothing CHECK Body = ''");
  const count = 30;
  for (let at = 0; at < count; at++)
    await pipeline.publish(
      "logs",
      Array.from({ length: 16 }, () => "refused"),
    );
  const writer = await startTestWriter(pipeline.bus, clickhouse, { observe });
  try {
    const records = () => rejected.reduce((sum, { message }) => sum + message.records, 0);
    await eventually(() => assert.equal(records(), count * 16));
    const whole = rejected.filter(({ message }) => message.firstRecord === undefined);
    assert.ok(whole.length >= count - 15, `${whole.length} whole messages`);
    assert.ok(rejected.length < count + 200, `${rejected.length} dead letters`);
  } finally {
    await writer.stop();
    await clickhouse.command("ALTER TABLE otel_logs DROP CONSTRAINT nothing");
  }
});

for (const { name, part } of [
  { name: "batch", part: (seq: number) => `${seq - 3}-${seq - 1}` },
  { name: "message", part: (seq: number) => `${seq}/0-2` },
]) {
  test(`a process that dies while it takes a refused ${name} apart stores nothing twice`, async () => {
    await using _refusing = await refusing("logs");
    await messages.publish("logs", 3);
    const seq = await publishPoison("logs");
    await messages.publish("logs", 2);
    await crashWriter(pipeline, database, { insert: 1, when: "after", named: `/${part(seq)}/`, maxRows: 1000 });
    const { rejected, observe } = watchRejected();
    const writer = await startTestWriter(pipeline.bus, clickhouse, { observe });
    try {
      await messages.allStoredOnce("logs");
      assert.deepEqual(
        rejected.map(({ message }) => [message.seq, message.firstRecord, message.records]),
        [[seq, 2, 1]],
      );
    } finally {
      await writer.stop();
    }
  });
}

for (const { name, part, poisonIsStored } of [
  { name: "a batch", part: (seq: number) => `${seq - 3}-${seq - 1}`, poisonIsStored: true },
  { name: "a message", part: (seq: number) => `${seq}/0-2`, poisonIsStored: true },
  { name: "what is behind the record at fault", part: (seq: number) => `${seq + 2}-${seq + 2}`, poisonIsStored: false },
]) {
  test(`the database is mended after a process died while it took ${name} apart: nothing is stored twice`, async () => {
    await using repair = await refusing("logs");
    await messages.publish("logs", 3);
    const seq = await publishPoison("logs");
    await messages.publish("logs", 2);
    await crashWriter(pipeline, database, { insert: 1, when: "after", named: `/${part(seq)}/`, maxRows: 1000 });
    await repair[Symbol.asyncDispose]();
    if (poisonIsStored) messages.expect("logs", "poison");
    const { rejected, observe } = watchRejected();
    const writer = await startTestWriter(pipeline.bus, clickhouse, { observe });
    try {
      await messages.publish("logs", 1);
      await messages.allStoredOnce("logs");
      // Put aside before the crash, and once more under the same name.
      assert.equal(rejected.length, poisonIsStored ? 0 : 1);
    } finally {
      await writer.stop();
      if (poisonIsStored) messages.forget("logs", "poison");
      await clickhouse.command("DELETE FROM otel_logs WHERE Body = 'poison'");
    }
  });
}
