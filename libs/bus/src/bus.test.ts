import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startNats } from "@sightline/testkit/servers";
import { type Bus, connectBus } from "./connect.ts";
import { type BusMessage, consume } from "./consume.ts";
import { DEAD_LETTER_HEADERS, publishDeadLetter } from "./dead-letter.ts";
import { openKv } from "./kv.ts";
import { subscribeLive } from "./live.ts";
import { readFrom, readRange } from "./ordered.ts";
import { preflight } from "./preflight.ts";
import { createPublisher, type Publisher } from "./publish.ts";
import { ensureStreams, purgeBefore, streamState } from "./streams.ts";
import { SUBJECTS } from "./subjects.ts";

const streams = { diskBudgetBytes: 50_000_000, replicas: 1 };
const forever = new AbortController().signal;
let server: Awaited<ReturnType<typeof startNats>>;
let bus: Bus;

before(async () => {
  server = await startNats();
  bus = await connectBus({ url: server.url, name: "test", log: quietLog });
  await ensureStreams(bus, streams);
});

after(async () => {
  await bus.close();
  await server.stop();
});

function text(payload: Uint8Array): string {
  return Buffer.from(payload).toString();
}

let ids = 0;
async function put(publisher: Publisher, payload: string, shard = 0): Promise<number> {
  const options = { tenant: "default", records: 1, shard, msgId: `m${ids++}`, receivedUnixNano: 7n };
  return (await publisher.publish(Buffer.from(payload), options)).seq;
}

function isCode(code: AppError["code"]) {
  return (thrown: unknown) => thrown instanceof AppError && thrown.code === code;
}

test("streams are made once and changed when the table or the budget changes", async () => {
  await ensureStreams(bus, streams);
  const before = await streamState(bus, "telemetry");
  assert.equal(before.maxBytes, 40_000_000);
  await ensureStreams(bus, { diskBudgetBytes: 60_000_000, replicas: 1 });
  const changed = await streamState(bus, "telemetry");
  assert.equal(changed.maxBytes, 48_000_000);
  assert.equal(changed.incarnation, before.incarnation);
  await ensureStreams(bus, streams);
});

test("a publish is acknowledged once, and its repetition recognised", async () => {
  const publisher = createPublisher(bus, "traces", { as: "ingest", maxInFlightBytes: 1 << 20 });
  const options = { tenant: "default", records: 3, shard: 1, msgId: "same" };
  const first = await publisher.publish(Buffer.from("a"), options);
  const second = await publisher.publish(Buffer.from("a"), options);
  assert.equal(first.duplicate, false);
  assert.deepEqual(second, { ...first, duplicate: true });
  assert.equal(publisher.inFlightBytes(), 0);
});

test("only the publisher and the consumers of the table may take part", async () => {
  assert.throws(() => createPublisher(bus, "alert", { as: "ingest", maxInFlightBytes: 1 }), isCode("internal"));
  assert.throws(() => subscribeLive(bus, { subjects: ["traces"], as: "gateway", onMessage: () => undefined }));
  const reading = consume(bus, {
    subjects: ["traces"],
    as: "alerter",
    durable: "x",
    signal: forever,
    onMessage: async () => undefined,
  });
  await assert.rejects(reading, isCode("internal"));
});

test("a publish that is too large or beyond the bytes in flight is refused before it is sent", async () => {
  const publisher = createPublisher(bus, "metrics", { as: "ingest", maxInFlightBytes: 1000 });
  const options = { tenant: "default", records: 1, msgId: "large" };
  const limit = bus.nats.info?.max_payload ?? 0;
  await assert.rejects(publisher.publish(Buffer.alloc(limit), options), isCode("too_large"));
  const results = await Promise.allSettled([
    publisher.publish(Buffer.alloc(900), { ...options, msgId: "one" }),
    publisher.publish(Buffer.alloc(900), { ...options, msgId: "two" }),
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "rejected"],
  );
});

test("a full stream refuses: unavailable with a hint, and what it holds stays", async () => {
  await ensureStreams(bus, { diskBudgetBytes: 1_000_000, replicas: 1 });
  const publisher = createPublisher(bus, "alert", { as: "alerter", maxInFlightBytes: 1 << 22 });
  const seq = await put(publisher, "x".repeat(60_000));
  await assert.rejects(put(publisher, "x".repeat(60_000)), (thrown) => {
    assert.ok(thrown instanceof AppError);
    assert.equal(thrown.code, "unavailable");
    assert.match(thrown.message, /full/);
    assert.equal(thrown.retryAfterMs, 5000);
    return true;
  });
  const held = await readRange(bus, {
    stream: "signals",
    subject: "signals.alert",
    firstSeq: seq,
    lastSeq: seq,
    signal: forever,
  });
  assert.equal(held.length, 1);
  await ensureStreams(bus, streams);
});

test("an ordered reader gives every message of its subject once, in order, within its bounds", async () => {
  const publisher = createPublisher(bus, "logs", { as: "ingest", maxInFlightBytes: 1 << 22 });
  const seqs: number[] = [];
  for (let index = 0; index < 30; index++) {
    seqs.push(await put(publisher, `mine ${index}`, 1));
    await put(publisher, `other ${index}`, 2);
  }
  const startSeq = seqs[5] ?? 0;
  const reader = await readFrom(bus, { stream: "telemetry", subject: "telemetry.logs.1", startSeq });
  const bounds = { maxMessages: 10, maxBytes: 1 << 20, maxWaitMs: 300, signal: forever };
  const got: number[] = [];
  for (;;) {
    const batch = await reader.next(bounds);
    if (batch.length === 0) break;
    assert.ok(batch.length <= 10);
    got.push(...batch.map(({ seq }) => seq));
  }
  assert.deepEqual(got, seqs.slice(5));
  await put(publisher, "wide 1", 1);
  await put(publisher, "wide 2", 1);
  const narrow = await reader.next({ ...bounds, maxBytes: 7 });
  assert.deepEqual(
    narrow.map(({ payload }) => text(payload)),
    ["wide 1"],
  );
  const rest = await reader.next(bounds);
  assert.deepEqual(
    rest.map(({ payload, tenant, records, receivedUnixNano }) => [text(payload), tenant, records, receivedUnixNano]),
    [["wide 2", "default", 1, 7n]],
  );
  const aborted = reader.next({ ...bounds, signal: AbortSignal.timeout(10), maxWaitMs: 10_000 });
  await assert.rejects(aborted, isCode("deadline_exceeded"));
  await reader.close();
  await reader.close();
});

test("an ordered reader of which nobody takes messages knows how many wait, once it has asked", async () => {
  const publisher = createPublisher(bus, "logs", { as: "ingest", maxInFlightBytes: 1 << 22 });
  const startSeq = await put(publisher, "taken", 4);
  const reader = await readFrom(bus, { stream: "telemetry", subject: "telemetry.logs.4", startSeq });
  const bounds = { maxMessages: 10, maxBytes: 1 << 20, maxWaitMs: 300, signal: forever };
  assert.equal((await reader.next(bounds)).length, 1);
  for (let index = 0; index < 20; index++) await put(publisher, `waits ${index}`, 4);
  await reader.look();
  assert.equal(reader.pending(), 20);
  await reader.next(bounds);
  await reader.next(bounds);
  assert.equal(reader.pending(), 0);
  await reader.close();
  await reader.look();
});

test("a range is read again exactly, and what storage has kept can go", async () => {
  const publisher = createPublisher(bus, "logs", { as: "ingest", maxInFlightBytes: 1 << 22 });
  const seqs: number[] = [];
  for (let index = 0; index < 6; index++) {
    seqs.push(await put(publisher, `range ${index}`, 3));
    await put(publisher, `other ${index}`, 2);
  }
  const [first = 0, second = 0, , fourth = 0, fifth = 0] = seqs;
  const range = { stream: "telemetry", subject: "telemetry.logs.3", firstSeq: second, lastSeq: fourth } as const;
  const again = await readRange(bus, { ...range, signal: forever });
  assert.deepEqual(
    again.map(({ seq, payload }) => [seq, text(payload)]),
    seqs.slice(1, 4).map((seq, index) => [seq, `range ${index + 1}`]),
  );
  assert.equal(await purgeBefore(bus, { stream: "telemetry", subject: "telemetry.logs.3", seq: fifth }), 4);
  assert.deepEqual(await readRange(bus, { ...range, signal: forever }), []);
  const reader = await readFrom(bus, { stream: "telemetry", subject: "telemetry.logs.3", startSeq: first });
  const left = await reader.next({ maxMessages: 10, maxBytes: 1 << 20, maxWaitMs: 300, signal: forever });
  assert.deepEqual(
    left.map(({ seq }) => seq),
    seqs.slice(4),
  );
  await reader.close();
  await purgeBefore(bus, { stream: "telemetry", seq: fifth });
  assert.equal((await streamState(bus, "telemetry")).firstSeq, fifth);
});

test("a purge before the first sequence removes nothing", async () => {
  const publisher = createPublisher(bus, "health", { as: "analyzer", maxInFlightBytes: 1 << 20 });
  await publisher.publish(Buffer.from("kept"), { tenant: "default", records: 1, msgId: "kept" });
  const { messages } = await streamState(bus, "signals");
  for (const seq of [0, 1]) assert.equal(await purgeBefore(bus, { stream: "signals", seq }), 0);
  assert.equal((await streamState(bus, "signals")).messages, messages);
});

test("a message that does not say when it was received is the same however it is read", async () => {
  const publisher = createPublisher(bus, "logs", { as: "ingest", maxInFlightBytes: 1 << 20 });
  const { seq } = await publisher.publish(Buffer.from("when"), {
    tenant: "default",
    records: 1,
    shard: 3,
    msgId: "when",
  });
  const place = { stream: "telemetry", subject: "telemetry.logs.3" } as const;
  const reader = await readFrom(bus, { ...place, startSeq: seq });
  const read = await reader.next({ maxMessages: 1, maxBytes: 1 << 20, maxWaitMs: 5000, signal: forever });
  await reader.close();
  assert.ok(read[0] !== undefined && read[0].receivedUnixNano % 1_000_000n !== 0n);
  assert.deepEqual(await readRange(bus, { ...place, firstSeq: seq, lastSeq: seq, signal: forever }), read);
});

test("a durable consumer gets every message, again after a failure, and gives a poisonous one up", async () => {
  const publisher = createPublisher(bus, "anomaly", { as: "analyzer", maxInFlightBytes: 1 << 20 });
  const stop = new AbortController();
  const handled: string[] = [];
  const givenUp: string[] = [];
  const onMessage = async (message: BusMessage) => {
    const body = text(message.payload);
    if (body === "poison") throw new Error("cannot be read");
    if (body === "flaky" && message.deliveryCount === 1)
      throw new AppError("unavailable", "later", { retryAfterMs: 1 });
    handled.push(body);
  };
  const options = {
    subjects: ["anomaly"],
    as: "alerter",
    durable: "test",
    maxDeliver: 1,
    signal: stop.signal,
    onMessage,
    onGiveUp: (message: BusMessage) => void givenUp.push(text(message.payload)),
  } as const;
  const consumption = await consume(bus, options);
  for (const body of ["good", "poison", "flaky"]) await put(publisher, body);
  await eventually(() => handled.length === 2 && givenUp.length === 1);
  assert.deepEqual(handled, ["good", "flaky"]);
  assert.deepEqual(givenUp, ["poison"]);
  await consumption.close();
  await put(publisher, "while away");
  const second = await consume(bus, options);
  await eventually(() => handled.includes("while away"));
  assert.equal(handled.length, 3);
  stop.abort();
  await second.close();
});

test("messages that are more than one request fetches come without a pause between two", async () => {
  const publisher = createPublisher(bus, "report", { as: "reporter", maxInFlightBytes: 1 << 20 });
  let handled = 0;
  const consumption = await consume(bus, {
    subjects: ["report"],
    as: "storage",
    durable: "many",
    from: "new",
    signal: forever,
    onMessage: async () => void handled++,
  });
  await eventually(() => bus.manager.consumers.info("SIGNALS", "many-report"));
  await Promise.all(Array.from({ length: 1000 }, (_, index) => put(publisher, `${index}`)));
  // A request stands for four seconds, and ten are needed.
  await eventually(() => handled === 1000);
  await consumption.close();
});

test("several messages are handled at a time where that is wanted, begun in their order and waited for at the end", async () => {
  const publisher = createPublisher(bus, "report", { as: "reporter", maxInFlightBytes: 1 << 20 });
  const begun: string[] = [];
  const ended: string[] = [];
  const slow = Promise.withResolvers<void>();
  const consumption = await consume(bus, {
    subjects: ["report"],
    as: "storage",
    durable: "several",
    from: "new",
    maxConcurrent: 3,
    // Short, so that one that is at hand is only not delivered again since the server hears of it.
    ackWaitMs: 600,
    signal: forever,
    async onMessage({ payload }) {
      begun.push(text(payload));
      if (text(payload) === "slow") await slow.promise;
      ended.push(text(payload));
    },
  });
  await eventually(() => bus.manager.consumers.info("SIGNALS", "several-report"));
  for (const body of ["slow", "1", "2", "3", "slow", "slow", "4"]) await put(publisher, body);
  await eventually(() => begun.length === 6);
  assert.deepEqual(ended, ["1", "2", "3"], "who is slow holds up nobody as long as there is room");
  const redelivered = async () => (await bus.manager.consumers.info("SIGNALS", "several-report")).num_redelivered;
  // Twice the time in which the server wants to hear of them.
  const untilMs = performance.now() + 1200;
  await eventually(() => performance.now() > untilMs);
  assert.equal(await redelivered(), 0);
  slow.resolve();
  await consumption.close();
  assert.deepEqual(begun.slice(0, 6), ["slow", "1", "2", "3", "slow", "slow"]);
  assert.equal(ended.length, begun.length, "nothing is left half done");
});

test("a consumer that was deleted on the server is made again", async () => {
  const publisher = createPublisher(bus, "report", { as: "reporter", maxInFlightBytes: 1 << 20 });
  const handled = new Set<string>();
  const consumption = await consume(bus, {
    subjects: ["report"],
    as: "storage",
    durable: "victim",
    signal: forever,
    onMessage: async ({ payload }) => void handled.add(text(payload)),
  });
  await put(publisher, "before");
  await eventually(() => handled.has("before"));
  await bus.manager.consumers.delete("SIGNALS", "victim-report");
  await put(publisher, "after");
  await eventually(() => handled.has("after"));
  await consumption.close();
});

test("compare-and-set: the second of two writers is told", async () => {
  const kv = await openKv(bus, "test");
  assert.equal(await kv.get("traces.0"), undefined);
  const created = await kv.create("traces.0", Buffer.from("a"));
  assert.ok(created.kind === "written");
  assert.equal((await kv.create("traces.0", Buffer.from("b"))).kind, "conflict");
  assert.equal((await kv.update("traces.0", Buffer.from("c"), created.revision)).kind, "written");
  assert.equal((await kv.update("traces.0", Buffer.from("d"), created.revision)).kind, "conflict");
  const now = await kv.get("traces.0");
  assert.equal(text(now?.value ?? Buffer.alloc(0)), "c");
  await kv.remove("traces.0");
  assert.equal(await kv.get("traces.0"), undefined);
  assert.equal((await kv.create("traces.0", Buffer.from("e"))).kind, "written");
});

test("a live listener hears what passes, until it ends", async () => {
  const publisher = createPublisher(bus, "events", { as: "ingest", maxInFlightBytes: 1 << 20 });
  const heard: string[] = [];
  const end = subscribeLive(bus, {
    subjects: ["events"],
    as: "gateway",
    onMessage: ({ payload, tenant }, key) => heard.push(`${key} ${tenant} ${text(payload)}`),
  });
  await bus.nats.flush();
  await put(publisher, "one");
  await eventually(() => heard.length === 1);
  end();
  await put(publisher, "two");
  await bus.nats.flush();
  assert.deepEqual(heard, ["events default one"]);
});

test("a dead letter keeps the message, the reason and its origin, once", async () => {
  const message = {
    subject: "telemetry.logs.0",
    payload: Buffer.from("bad"),
    tenant: "default",
    records: 2,
    seq: 42,
    receivedUnixNano: 9n,
  };
  const letter = { message, reason: "undecodable", error: "cannot decode:\nline 2" };
  await publishDeadLetter(bus, letter, "i1");
  await publishDeadLetter(bus, letter, "i1");
  const state = await streamState(bus, "deadLetter");
  assert.equal(state.messages, 1);
  const stored = await bus.manager.streams.getMessage("DEADLETTER", { seq: state.lastSeq });
  assert.equal(stored?.subject, "deadletter.telemetry.logs.0");
  assert.equal(stored?.header.get(DEAD_LETTER_HEADERS.error), "cannot decode: line 2");
  assert.equal(stored?.header.get(DEAD_LETTER_HEADERS.sequence), "42");
});

test("the preflight tells what durability the server promises", async () => {
  const durability = await preflight(bus, { monitorUrl: server.monitorUrl });
  assert.equal(durability.version, bus.nats.info?.version);
  assert.ok(durability.kind === "fixed" || durability.kind === "interval");
});

test("every subject lies in the stream that the table names", async () => {
  for (const spec of Object.values(SUBJECTS)) {
    const subject = spec.subject.replace("*", "0").replace(">", "telemetry.logs.0");
    const found = await bus.manager.streams.find(subject);
    assert.equal(found.toLowerCase(), spec.stream.toLowerCase());
  }
});
