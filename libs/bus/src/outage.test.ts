import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startNats } from "@sightline/testkit/servers";
import { connectBus } from "./connect.ts";
import { consume } from "./consume.ts";
import { heardLive, subscribeLive } from "./live.ts";
import { readFrom } from "./ordered.ts";
import { createPublisher } from "./publish.ts";
import { ensureStreams } from "./streams.ts";
import { STREAMS } from "./subjects.ts";

const signal = new AbortController().signal;

test("after kill -9 of the server everything acknowledged is there, readers go on, publishers fail fast meanwhile", async () => {
  await using server = await startNats();
  const bus = await connectBus({ url: server.url, name: "outage", log: quietLog });
  await ensureStreams(bus, { diskBudgetBytes: 50_000_000, replicas: 1 });
  const publisher = createPublisher(bus, "events", { as: "ingest", maxInFlightBytes: 1 << 20 });
  const publish = async (body: string) =>
    (await publisher.publish(Buffer.from(body), { tenant: "default", records: 1, msgId: body })).seq;
  const handled = new Set<number>();
  const consumption = await consume(bus, {
    subjects: ["events"],
    as: "analyzer",
    durable: "outage",
    signal,
    onMessage: async ({ seq }) => void handled.add(seq),
  });
  const reader = await readFrom(bus, { stream: "telemetry", subject: "telemetry.events.0", startSeq: 1 });
  const read: number[] = [];
  const readMore = async () => {
    const batch = await reader.next({ maxMessages: 100, maxBytes: 1 << 20, maxWaitMs: 100, signal });
    read.push(...batch.map(({ seq }) => seq));
  };

  const acknowledged: number[] = [];
  for (let index = 0; index < 20; index++) acknowledged.push(await publish(`before ${index}`));
  await readMore();
  await server.kill();
  await eventually(() => !bus.isConnected());
  const started = performance.now();
  await assert.rejects(publish("meanwhile"), (thrown) => thrown instanceof AppError && thrown.code === "unavailable");
  assert.ok(performance.now() - started < 2000);

  await server.restart();
  await eventually(() => bus.isConnected());
  for (let index = 0; index < 20; index++) acknowledged.push(await eventually(() => publish(`after ${index}`)));
  await eventually(() => acknowledged.every((seq) => handled.has(seq)));
  await eventually(
    async () => {
      await readMore();
      return acknowledged.every((seq) => read.includes(seq));
    },
    { timeoutMs: 30_000 },
  );
  assert.deepEqual(
    read,
    [...read].sort((a, b) => a - b),
  );
  assert.equal(new Set(read).size, read.length);
  await reader.close();
  await consumption.close();
  await bus.close();
});

test("a listener made while the server is away hears everything from when it is said that it does", async () => {
  await using server = await startNats();
  const bus = await connectBus({ url: server.url, name: "listener", log: quietLog });
  await ensureStreams(bus, { diskBudgetBytes: 50_000_000, replicas: 1 });
  const other = await connectBus({ url: server.url, name: "publisher", log: quietLog });
  const publisher = createPublisher(other, "events", { as: "ingest", maxInFlightBytes: 1 << 20 });
  await server.kill();
  await eventually(() => !bus.isConnected() && !other.isConnected());

  const heard: string[] = [];
  const onMessage = ({ payload }: { payload: Uint8Array }) => void heard.push(Buffer.from(payload).toString());
  const end = subscribeLive(bus, { subjects: ["events"], as: "gateway", onMessage });
  const hears = heardLive(bus);
  await server.restart();
  await hears;
  const options = { tenant: "default", records: 1, msgId: "1" };
  await eventually(() => publisher.publish(Buffer.from("right after"), options));
  await eventually(() => heard.length > 0);
  assert.deepEqual(heard, ["right after"]);
  end();
  await other.close();
  await bus.close();
  await assert.rejects(heardLive(bus), { code: "cancelled" });
});

test("a reader that nobody reads from fetches a bounded number of bytes, and goes on at once, each message once", async () => {
  await using server = await startNats();
  const bus = await connectBus({ url: server.url, name: "rested", log: quietLog });
  await ensureStreams(bus, { diskBudgetBytes: 2_000_000_000, replicas: 1 });
  const publisher = createPublisher(bus, "traces", { as: "ingest", maxInFlightBytes: 1 << 26 });
  const seqs: number[] = [];
  // Several times what is fetched ahead.
  for (let index = 0; index < 400; index++) {
    const options = { tenant: "default", records: 1, shard: 0, msgId: `rested-${index}` };
    seqs.push((await publisher.publish(Buffer.alloc(500_000, index), options)).seq);
  }
  const reader = await readFrom(bus, { stream: "telemetry", subject: "telemetry.traces.*", startSeq: 1 });
  const got: number[] = [];
  const readOn = async (maxMessages: number) => {
    const messages = await reader.next({ maxMessages, maxBytes: 1 << 30, maxWaitMs: 2000, signal });
    got.push(...messages.map(({ seq }) => seq));
    return messages.length;
  };
  await readOn(3);
  // No request is left at the server: what it has handed over is all that it will.
  const resting = await eventually(async () => {
    const [consumer] = await bus.manager.consumers.list(STREAMS.telemetry.name).next();
    assert.ok(consumer?.num_waiting === 0);
    return consumer;
  });
  const aheadBytes = (resting.delivered.consumer_seq - got.length) * 500_000;
  assert.ok(aheadBytes < 32 << 20, `${aheadBytes} bytes were fetched ahead`);
  while (got.length < seqs.length) assert.ok((await readOn(10)) > 0, `nothing after ${got.length} messages`);
  assert.deepEqual(got, seqs);
  await reader.close();
  await bus.close();
});

test("the first connection waits for the server, and gives up when stopped", async () => {
  await using server = await startNats();
  await server.kill();
  const stop = new AbortController();
  const waiting = connectBus({ url: server.url, name: "early", log: quietLog, signal: stop.signal });
  stop.abort();
  await assert.rejects(waiting, (thrown) => thrown instanceof AppError && thrown.code === "cancelled");
  const patient = connectBus({ url: server.url, name: "patient", log: quietLog });
  await server.restart();
  const bus = await patient;
  assert.equal(bus.isConnected(), true);
  await server.kill();
  await bus.close();
  await bus.close();
  assert.equal(bus.isConnected(), false);
});

test("a server that turns the credentials away is tried again, like one that is away", async () => {
  await using server = await startNats();
  const bus = await connectBus({ url: server.url, name: "refused", log: quietLog });
  await server.kill();
  let refused = 0;
  const stranger = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write(
      'INFO {"server_id":"stranger","version":"2.9.0","proto":1,"max_payload":1048576,"auth_required":true}\r\n',
    );
    socket.once("data", () => {
      refused += 1;
      socket.end("-ERR 'Authorization Violation'\r\n");
    });
  });
  using _ = { [Symbol.dispose]: () => void stranger.close() };
  stranger.listen(server.port, "127.0.0.1");
  // The client would give up for good after the second time.
  await eventually(() => refused >= 3);
  stranger.close();
  await once(stranger, "close");
  await server.restart();
  await eventually(() => bus.isConnected());
  await bus.close();
});

test("while a handler takes long, what waits behind it is not lost, comes once, and goes on at once", async () => {
  await using server = await startNats();
  const warnings: string[] = [];
  const log = { ...quietLog, warn: (_fields: object, message: string) => void warnings.push(message) };
  const bus = await connectBus({ url: server.url, name: "slow", log });
  await ensureStreams(bus, { diskBudgetBytes: 500_000_000, replicas: 1 });
  const publisher = createPublisher(bus, "events", { as: "ingest", maxInFlightBytes: 1 << 26 });
  // Several times what is fetched ahead.
  const seqs: number[] = [];
  for (let index = 0; index < 80; index++) {
    const options = { tenant: "default", records: 1, msgId: `slow-${index}` };
    seqs.push((await publisher.publish(Buffer.alloc(500_000, index), options)).seq);
  }
  const goOn = Promise.withResolvers<void>();
  const handled: number[] = [];
  const consumption = await consume(bus, {
    subjects: ["events"],
    as: "analyzer",
    durable: "slow",
    ackWaitMs: 1500,
    signal,
    onMessage: async ({ seq }) => {
      handled.push(seq);
      if (handled.length === 3) await goOn.promise;
    },
  });
  await eventually(() => handled.length === 3);
  const beats = new Map<string, number>();
  bus.nats.subscribe("$JS.ACK.>", {
    callback: (_error, { subject, data }) => {
      if (Buffer.from(data).toString() === "+WPI") beats.set(subject, (beats.get(subject) ?? 0) + 1);
    },
  });
  try {
    // Each is said to be worked on twice a second: longer than any request for messages stands, and than they wait.
    await eventually(() => Math.max(0, ...beats.values()) >= 20);
    goOn.resolve();
    await eventually(() => handled.length >= seqs.length);
    assert.deepEqual(handled, seqs);
    assert.deepEqual(warnings, []);
  } finally {
    await consumption.close();
    await bus.close();
  }
});
