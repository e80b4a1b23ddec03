// How long after its acknowledgement a record can be queried: one event at a time while nothing else comes, through the
// public API; and traces at half of what the whole way can take, looked for in the database ten times a second.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { createEventBuilder } from "@sightline/events/builder";
import { TraceServiceClient } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { Span } from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import { EventServiceClient } from "@sightline/proto/sightline/ingest/v1/event_service";
import { QueryServiceClient } from "@sightline/proto/sightline/query/v1/query_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { startBenchStack } from "./bench-stack.ts";
import { findMaximum } from "./calibrate.ts";
import { sendStored } from "./load-run.ts";
import { printFigure, quantile, runs, seconds } from "./result.ts";
import { clearStored } from "./stored.ts";

const tracesFound = readFileSync(new URL("./sql/traces-found.sql", import.meta.url), "utf8");
const found = z.object({ TraceId: z.string() });
const SAMPLES = 30;
const PROBE_INTERVAL_MS = 250;
const LOOK_INTERVAL_MS = 100;

await using bench = await startBenchStack();
const { otlpGrpc, grpc } = bench.stack.doors;
const events = createClient(EventServiceClient, otlpGrpc, { apiKey: bench.ingestKey });
const traces = createClient(TraceServiceClient, otlpGrpc, { apiKey: bench.ingestKey });
const queries = createClient(QueryServiceClient, grpc, { apiKey: bench.queryKey });
const { build } = createEventBuilder({ clock: Date.now });

async function eventDelay(): Promise<number> {
  const event = build({ eventType: "bench", source: "bench", title: "how fresh" });
  await events.call("storeEvents", { events: [event] });
  const acknowledged = performance.now();
  const find = () => queries.call("getEvent", { eventId: event.eventId });
  await eventually(find, { timeoutMs: 30_000, intervalMs: 10 });
  return performance.now() - acknowledged;
}

/** Sends a span four times a second while work is under way; answers how long each took. */
async function spanDelays(work: Promise<unknown>): Promise<number[]> {
  const acknowledged = new Map<string, number>();
  const delays: number[] = [];
  let working = true;
  void work.finally(() => {
    working = false;
  });
  const probe = async () => {
    while (working) {
      acknowledged.set(await sendSpan(), performance.now());
      await pause(PROBE_INTERVAL_MS);
    }
  };
  const look = async () => {
    while (working || acknowledged.size > 0) {
      const ids = [...acknowledged.keys()];
      for (const { TraceId } of await bench.clickhouse.query(tracesFound, { ids }, { schema: found })) {
        delays.push(performance.now() - (acknowledged.get(TraceId) ?? Number.NaN));
        acknowledged.delete(TraceId);
      }
      await pause(LOOK_INTERVAL_MS);
    }
  };
  await Promise.all([work, probe(), look()]);
  return delays;
}

async function sendSpan(): Promise<string> {
  const traceId = randomBytes(16);
  const now = BigInt(Date.now()) * 1_000_000n;
  const span = Span.fromPartial({ traceId, spanId: randomBytes(8), startTimeUnixNano: now, endTimeUnixNano: now });
  await traces.call("export", {
    resourceSpans: [
      { resource: undefined, schemaUrl: "", scopeSpans: [{ scope: undefined, schemaUrl: "", spans: [span] }] },
    ],
  });
  return traceId.toString("hex");
}

function print(load: string, delays: readonly (readonly number[])[], config: Record<string, number>): void {
  for (const [name, share] of [
    ["p50", 0.5],
    ["p95", 0.95],
  ] as const) {
    const values = delays.map((run) => quantile(run, share));
    printFigure({
      bench: "freshness",
      metric: `acknowledged_to_queryable_${load}_${name}`,
      unit: "ms",
      values,
      config,
    });
  }
}

const alone: number[][] = [];
for (let run = 0; run < runs; run++) {
  const delays: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) delays.push(await eventDelay());
  alone.push(delays);
}
print("alone", alone, { samples: SAMPLES });

const recordsPerSecond = Math.round((await findMaximum(bench, "traces")).queryable / 2);
const loaded: number[][] = [];
for (let run = 0; run < runs; run++) {
  // Nothing may be cleared while one of the looked-for spans is not found yet.
  loaded.push(await spanDelays(sendStored(bench, { signal: "traces", seconds, recordsPerSecond })));
  await clearStored(bench.clickhouse, "traces");
}
print("at_half", loaded, { seconds, recordsPerSecond });
for (const client of [events, traces, queries]) client.close();
