import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createPublisher } from "@sightline/bus/publish";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { eventually } from "@sightline/testkit/eventually";
import { WebSocket } from "ws";
import { z } from "zod";
import { startGateway, storedLine, type TestGateway } from "../testing/gateway.ts";
import { createSentLines } from "./sent-lines.ts";
import { createTailQueue, type TailEntry, type TailQueueOptions } from "./tail-queue.ts";

const entry = (seconds: number, text = `at ${seconds}`, app = "a"): TailEntry => ({
  labels: ["app", app],
  line: { unixNano: BigInt(seconds) * 1_000_000_000n, text, metadata: ["k", "v"], parsed: [] },
});

function newQueue(options: Partial<TailQueueOptions> = {}) {
  let dropped = 0;
  const queue = createTailQueue({
    ...{ delayMs: 0, maxCharacters: 100_000, categorize: false, isNew: () => true },
    dropped: (count) => {
      dropped += count;
    },
    ...options,
  });
  const frame = (nowMs: number): unknown => {
    const text = queue.frame(nowMs);
    return text === null ? null : JSON.parse(text);
  };
  return { add: queue.add, frame, dropped: () => dropped };
}

test("a frame has the lines of each stream, the oldest first, and tells the labels of each where that is wanted", () => {
  const { add, frame } = newQueue({ categorize: true });
  add(entry(2), 0);
  add(entry(1), 0);
  add(entry(1, "other", "b"), 0);
  const own = { structuredMetadata: { k: "v" } };
  assert.deepEqual(frame(0), {
    streams: [
      {
        stream: { app: "a" },
        values: [
          ["1000000000", "at 1", own],
          ["2000000000", "at 2", own],
        ],
      },
      { stream: { app: "b" }, values: [["1000000000", "other", own]] },
    ],
    encodingFlags: ["categorize-labels"],
  });
  assert.equal(frame(0), null);
});

test("a line waits for the delay, so that an older one that comes late stands before it", () => {
  const { add, frame } = newQueue({ delayMs: 1000 });
  add(entry(2), 0);
  add(entry(1), 900);
  assert.equal(frame(999), null);
  assert.deepEqual(frame(1900), {
    streams: [
      {
        stream: { app: "a" },
        values: [
          ["1000000000", "at 1"],
          ["2000000000", "at 2"],
        ],
      },
    ],
  });
});

test("what does not fit is dropped, counted and told of", () => {
  const { add, frame, dropped } = newQueue({ maxCharacters: 300 });
  for (const seconds of [1, 2, 3]) add(entry(seconds), 0);
  assert.equal(dropped(), 1);
  const frameForm = z.object({ streams: z.array(z.unknown()), dropped_entries: z.unknown() });
  assert.deepEqual(frameForm.parse(frame(0)).dropped_entries, [{ labels: { app: "a" }, timestamp: "3000000000" }]);
  add(entry(4), 0);
  assert.equal(dropped(), 1, "there is room again");
});

test("lines are sent once until they are forgotten, and it is known when there were too many", () => {
  const sent = createSentLines(150);
  assert.deepEqual([entry(1), entry(1), entry(2)].map(sent.isNew), [true, false, true]);
  assert.equal(sent.isFull(), false);
  for (const seconds of [3, 4, 5]) sent.isNew(entry(seconds));
  assert.equal(sent.isFull(), true);
  sent.forget();
  assert.equal(sent.isNew(entry(1)), true);
});

describe("a tail at a gateway", () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await startGateway();
  });
  after(() => gateway[Symbol.asyncDispose]());

  async function publish(tenant: string, unixNano: bigint, text: string): Promise<void> {
    const string = (key: string, value: string) => ({
      key,
      value: { value: { $case: "stringValue" as const, value } },
    });
    const logRecords = [{ timeUnixNano: unixNano, body: { value: { $case: "stringValue" as const, value: text } } }];
    const resource = { attributes: [string("service.name", "shop")] };
    const request = ExportLogsServiceRequest.fromPartial({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
    const publisher = createPublisher(gateway.bus, "logs", { as: "ingest", maxInFlightBytes: 1e6 });
    const payload = ExportLogsServiceRequest.encode(request).finish();
    await publisher.publish(payload, { tenant, records: 1, msgId: `${tenant} ${text}` });
  }

  test("it shows lines of its tenant, each once wherever it is found, and ends with its key", async () => {
    const authorization = `Bearer ${gateway.key("admin")}`;
    const made = await gateway.post("/v1/keys", { name: "tail", scopes: ["query"] }, { authorization });
    const { keyId, key } = z.object({ keyId: z.string(), key: z.string() }).parse(await made.json());
    const url = gateway.streamUrl.replace("/v1/stream", "/loki/api/v1/tail?query=%7Bservice_name%3D%22shop%22%7D");
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${key}` } });
    const frames: string[] = [];
    const closed = new Promise<number>((resolve) => socket.once("close", resolve));
    socket.on("message", (data) => frames.push(String(data)));
    await eventually(() => frames.join().includes(storedLine.text));
    await publish("somebody-else", 1n, "of another tenant");
    await publish("default", storedLine.unixNano, storedLine.text);
    await publish("default", 2n, "a new one");
    await eventually(() => frames.join().includes("a new one"));
    assert.equal(frames.join().split(storedLine.text).length, 2, frames.join());
    assert.ok(!frames.join().includes("of another tenant"));
    await fetch(`${gateway.url}/v1/keys/${keyId}`, { method: "DELETE", headers: { authorization } });
    assert.equal(await closed, 1008);
  });
});
