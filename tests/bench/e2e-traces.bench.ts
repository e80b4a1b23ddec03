// Spans per second from OTLP/gRPC through JetStream (file) into ClickHouse, until all of them can be queried. Generator,
// servers and services share the machine. SIGHTLINE_BENCH_SECONDS is how long each run sends, SIGHTLINE_BENCH_RUNS how many.
import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { QueryServiceClient } from "@sightline/proto/sightline/query/v1/query_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { startBenchStack } from "./bench-stack.ts";
import { printFigure } from "./result.ts";

const seconds = Number(process.env["SIGHTLINE_BENCH_SECONDS"] ?? 10);
const runs = Number(process.env["SIGHTLINE_BENCH_RUNS"] ?? 5);
const senders = 4;
const load = resolve(import.meta.dirname, "trace-load.ts");
const sentForm = z.object({ spans: z.number(), seconds: z.number() });

await using bench = await startBenchStack();
const { otlpGrpc, grpc } = bench.stack.doors;
const queries = createClient(QueryServiceClient, grpc, { apiKey: bench.queryKey });

async function storedSpans(): Promise<number> {
  const { services } = await queries.call("listServices", { range: undefined }, { deadlineMs: 60_000 });
  return services
    .filter(({ name }) => name.startsWith("service-"))
    .reduce((sum, { spanCount }) => sum + Number(spanCount), 0);
}

const perSecond: number[] = [];
const acknowledgedPerSecond: number[] = [];
let sentBefore = 0;
for (let run = 0; run < runs; run++) {
  const started = performance.now();
  const args = [load, otlpGrpc, bench.ingestKey, String(seconds), String(senders)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const sent = sentForm.parse(JSON.parse(stdout));
  const expected = sentBefore + sent.spans;
  await eventually(async () => (await storedSpans()) >= expected, { timeoutMs: 300_000, intervalMs: 100 });
  const stored = await storedSpans();
  if (stored !== expected)
    throw new Error(`stored ${stored} spans, want exactly the ${expected} that were acknowledged`);
  sentBefore = expected;
  perSecond.push(sent.spans / ((performance.now() - started) / 1000));
  acknowledgedPerSecond.push(sent.spans / sent.seconds);
}
queries.close();

const config = { seconds, senders, spansPerRequest: 1000, attributes: 10, cores: availableParallelism() };
printFigure({ bench: "e2e-traces", metric: "spans_queryable_per_second", unit: "spans/s", values: perSecond, config });
printFigure({
  bench: "e2e-traces",
  metric: "spans_acknowledged_per_second",
  unit: "spans/s",
  values: acknowledgedPerSecond,
  config,
});
