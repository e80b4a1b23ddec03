// How long after its acknowledgement a record can be queried, at low load. SIGHTLINE_BENCH_SAMPLES is how many records.
import { availableParallelism } from "node:os";
import { createEventBuilder } from "@sightline/events/builder";
import { EventServiceClient } from "@sightline/proto/sightline/ingest/v1/event_service";
import { QueryServiceClient } from "@sightline/proto/sightline/query/v1/query_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { startBenchStack } from "./bench-stack.ts";
import { printFigure, quantile } from "./result.ts";

const samples = Number(process.env["SIGHTLINE_BENCH_SAMPLES"] ?? 40);
const runs = Number(process.env["SIGHTLINE_BENCH_RUNS"] ?? 5);

await using bench = await startBenchStack();
const ingest = createClient(EventServiceClient, bench.stack.doors.otlpGrpc, { apiKey: bench.ingestKey });
const queries = createClient(QueryServiceClient, bench.stack.doors.grpc, { apiKey: bench.queryKey });
const events = createEventBuilder({ clock: Date.now });

async function measureOnce(): Promise<number> {
  const event = events.build({ eventType: "bench", source: "bench", title: "how fresh" });
  await ingest.call("storeEvents", { events: [event] });
  const acknowledged = performance.now();
  const find = () => queries.call("getEvent", { eventId: event.eventId });
  await eventually(find, { timeoutMs: 30_000, intervalMs: 10 });
  return performance.now() - acknowledged;
}

const p50: number[] = [];
const p95: number[] = [];
for (let run = 0; run < runs; run++) {
  const delays: number[] = [];
  for (let sample = 0; sample < samples; sample++) delays.push(await measureOnce());
  p50.push(quantile(delays, 0.5));
  p95.push(quantile(delays, 0.95));
}
ingest.close();
queries.close();

const config = { samples, cores: availableParallelism(), load: "one record at a time" };
printFigure({ bench: "freshness", metric: "acknowledged_to_queryable_p50", unit: "ms", values: p50, config });
printFigure({ bench: "freshness", metric: "acknowledged_to_queryable_p95", unit: "ms", values: p95, config });
