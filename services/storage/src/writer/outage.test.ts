import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ensureStreams, streamState } from "@sightline/bus/streams";
import { eventually } from "@sightline/testkit/eventually";
import { startPrivateClickHouse, type TestServerProcess } from "@sightline/testkit/servers";
import { startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { manyDays } from "../testing/payloads.ts";
import {
  countIds,
  onceEach,
  type Pipeline,
  quietObserver,
  startPipeline,
  startTestWriter,
} from "../testing/pipeline.ts";
import type { Operation } from "./persist.ts";
import type { Writer } from "./writer.ts";

let server: TestServerProcess;
let database: TestDatabase;
let pipeline: Pipeline;
let writer: Writer;
const retries: Operation[] = [];
const published: string[] = [];

before(async () => {
  const clickhouse = await startPrivateClickHouse();
  server = clickhouse;
  database = await startTestDatabase(clickhouse);
  pipeline = await startPipeline();
  writer = await startTestWriter(pipeline.bus, database.clickhouse, {
    lanes: ["logs"],
    observe: () => ({ ...quietObserver, retried: (operation) => retries.push(operation) }),
  });
});
after(async () => {
  await writer.stop();
  await pipeline[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function publish(messages: number) {
  for (let at = 0; at < messages; at++) {
    const id = `log-${published.length}`;
    published.push(id);
    await pipeline.publish("logs", [id]);
  }
}

async function allStoredOnce() {
  await eventually(async () => assert.deepEqual(await countIds(database.clickhouse, "logs"), onceEach(published)), {
    timeoutMs: 30_000,
    intervalMs: 100,
  });
}

async function retried(operation: Operation) {
  await eventually(() => retries.includes(operation));
}

test("a database that is away is waited for; nothing is lost, put aside or stored twice", async () => {
  await publish(3);
  await allStoredOnce();
  await server.kill();
  await publish(5);
  await retried("insert");
  await publish(20);
  const lag = () => writer.lags().find(({ signal }) => signal === "logs")?.pendingMessages ?? 0n;
  await eventually(() => assert.ok(lag() >= 20n, `${lag()} are known to wait`));
  await server.restart();
  await allStoredOnce();
  assert.equal((await streamState(pipeline.bus, "deadLetter")).messages, 0);
});

test("a table that is not there is our outage, not the messages' fault", async () => {
  await database.clickhouse.command("RENAME TABLE otel_logs TO moved");
  retries.length = 0;
  await publish(2);
  await retried("insert");
  await database.clickhouse.command("RENAME TABLE moved TO otel_logs");
  await allStoredOnce();
  assert.equal((await streamState(pipeline.bus, "deadLetter")).messages, 0);
});

test("a bus that is away is waited for", async () => {
  await pipeline.nats.kill();
  await pipeline.nats.restart();
  await eventually(() => pipeline.bus.isConnected());
  await publish(3);
  await allStoredOnce();
});

test("a stream that is made anew is read from its beginning", async () => {
  await pipeline.bus.manager.streams.delete("TELEMETRY");
  await ensureStreams(pipeline.bus, { diskBudgetBytes: 100_000_000, replicas: 1 });
  await publish(3);
  await allStoredOnce();
});

test("rows of more days than an insert may have are stored by several", async () => {
  await publish(1);
  const days = 500;
  await pipeline.publish("logs", ["many days"], { payload: manyDays(days) });
  await publish(1);
  await eventually(
    async () => {
      const { "many days": stored = 0, ...others } = await countIds(database.clickhouse, "logs");
      assert.deepEqual(others, onceEach(published));
      // The oldest are older than anything is kept: they may be gone again.
      assert.ok(stored >= days / 2 && stored <= days, `${stored} days`);
    },
    { timeoutMs: 30_000, intervalMs: 100 },
  );
  assert.equal((await streamState(pipeline.bus, "deadLetter")).messages, 0);
});
