import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bus, connectBus } from "@sightline/bus/connect";
import { type OrderedReader, readFrom } from "@sightline/bus/ordered";
import { createPublisher } from "@sightline/bus/publish";
import { ensureStreams } from "@sightline/bus/streams";
import { nanosOfMs } from "@sightline/model/time";
import { readNumberPoints } from "@sightline/otlp/points";
import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { Span_SpanKind } from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startNats } from "@sightline/testkit/servers";
import { testClock } from "@sightline/testkit/test-clock";
import { spansConfig } from "./config.ts";
import { watchSpans } from "./watch-spans.ts";

const config = spansConfig.parse({ publishIntervalMs: 50 });
const calls = "traces_spanmetrics_calls_total";

function payloadOf(spans: number, endMs: number): Uint8Array {
  const end = nanosOfMs(endMs);
  const all = Array.from({ length: spans }, (_, at) => ({
    traceId: Buffer.alloc(16, 1),
    spanId: Buffer.alloc(8, at + 1),
    name: "work",
    kind: Span_SpanKind.INTERNAL,
    startTimeUnixNano: end - 1000n,
    endTimeUnixNano: end,
  }));
  const attributes = [{ key: "service.name", value: { value: { $case: "stringValue" as const, value: "shop" } } }];
  const resourceSpans = [{ resource: { attributes }, scopeSpans: [{ spans: all }] }];
  return ExportTraceServiceRequest.encode(ExportTraceServiceRequest.fromPartial({ resourceSpans })).finish();
}

/** A bus, what is published on it as ingest does, and the values of the counter of spans that come of it. */
async function setUp(bus: Bus) {
  await ensureStreams(bus, { diskBudgetBytes: 100_000_000, replicas: 1 });
  const publisher = createPublisher(bus, "traces", { as: "ingest", maxInFlightBytes: 1e6 });
  const clock = testClock();
  const reader: OrderedReader = await readFrom(bus, {
    stream: "telemetry",
    subject: "telemetry.metrics.spans",
    startSeq: 1,
  });
  const seen: Record<"counted" | "skipped" | "unreadable", number> = { counted: 0, skipped: 0, unreadable: 0 };
  const values: number[] = [];
  let sent = 0;
  return {
    clock,
    seen,
    values,
    close: reader.close,
    send: async (payload: Uint8Array, receivedMs: number) => {
      sent += 1;
      const headers = { tenant: "default", records: 1, msgId: `t${sent}`, receivedUnixNano: nanosOfMs(receivedMs) };
      await publisher.publish(payload, headers);
    },
    watch: () => {
      const stop = new AbortController();
      const add = (what: keyof typeof seen, count: number) => {
        seen[what] += count;
      };
      const observer = {
        counted: (spans: number) => add("counted", spans),
        skipped: (messages: number) => add("skipped", messages),
        unreadable: () => add("unreadable", 1),
        dropped: () => undefined,
        holds: () => undefined,
      };
      const options = { bus, replicas: 1, config, maxSeries: () => 100, clock, observer, log: quietLog } as const;
      const watching = watchSpans(options, stop.signal);
      return async () => {
        stop.abort();
        await watching;
      };
    },
    /** Takes in what was published. */
    read: async () => {
      const batch = await reader.next({
        maxMessages: 100,
        maxBytes: 1e6,
        maxWaitMs: 100,
        signal: new AbortController().signal,
      });
      for (const { payload } of batch) {
        readNumberPoints(payload, ({ metric, value }) => {
          if (metric === calls) values.push(value);
        });
      }
    },
  };
}

test("spans become series of their tenant; who goes on counts what came since, and nothing twice", async () => {
  await using nats = await startNats();
  const bus = await connectBus({ url: nats.url, name: "test", log: quietLog });
  const { clock, seen, values, close, send, watch, read } = await setUp(bus);
  try {
    let stop = watch();
    await send(payloadOf(3, clock()), clock());
    await eventually(() => seen.counted === 1);
    clock.advance(config.publishIntervalMs);
    await eventually(async () => {
      await read();
      return values.includes(3);
    });
    assert.deepEqual(values, [0, 3]);
    await stop();
    await send(payloadOf(2, clock()), clock());
    values.length = 0;
    stop = watch();
    await eventually(() => seen.counted === 2);
    await stop();
    await eventually(async () => {
      await read();
      return values.includes(2);
    });
    assert.ok(!values.includes(5), String(values));
  } finally {
    await close();
    await bus.close();
  }
});

test("who is too far behind leaves spans out and says so; what nobody can read holds up nothing", async () => {
  await using nats = await startNats();
  const bus = await connectBus({ url: nats.url, name: "test", log: quietLog });
  const { clock, seen, values, close, send, watch, read } = await setUp(bus);
  const longAgo = clock() - 2 * config.maxLagMs;
  await send(payloadOf(1, longAgo), longAgo);
  await send(payloadOf(1, longAgo), longAgo);
  const stop = watch();
  try {
    await eventually(() => seen.skipped === 2);
    await send(Buffer.from([0x0a, 0xff]), clock());
    await send(payloadOf(4, clock()), clock());
    await eventually(() => seen.counted === 1);
    assert.equal(seen.unreadable, 1);
    await stop();
    await eventually(async () => {
      await read();
      return values.includes(4);
    });
  } finally {
    await stop();
    await close();
    await bus.close();
  }
});
