import { invalid } from "@sightline/errors/app-error";
import type { StorageCall } from "../http/storage-call.ts";
import type { JaegerContext } from "./context.ts";

/** Who calls whom, and how often. */
export interface Dependency {
  readonly parent: string;
  readonly child: string;
  readonly callCount: bigint;
}

/** A span of time, milliseconds since the Unix epoch. */
export interface DependencyRange {
  readonly startMs: number;
  readonly endMs: number;
}

/** What PromQL may look back. */
const MAX_LOOKBACK_MS = 366 * 24 * 3_600_000;

/** The edges of the service graph in a time, from the metrics that the analyzer makes of spans. */
export async function listDependencies(
  { startMs, endMs }: DependencyRange,
  call: StorageCall,
  { promql }: JaegerContext,
): Promise<Dependency[]> {
  const lookbackMs = Math.round(endMs - startMs);
  if (lookbackMs < 1 || lookbackMs > MAX_LOOKBACK_MS) {
    throw invalid(`cannot tell dependencies: got a time of ${lookbackMs} ms, want 1 to ${MAX_LOOKBACK_MS}`);
  }
  // Anchored: of what was counted, not of what would have been counted until both ends of the time.
  const query = `sum by (client, server) (increase(traces_service_graph_request_total[${lookbackMs}ms] anchored))`;
  const times = { $case: "unixMs", value: BigInt(Math.round(endMs)) } as const;
  const found: Dependency[] = [];
  const request = { query, times, lookbackMs: 0n, withStatistics: false };
  for await (const { series } of promql.stream("queryPromql", request, call)) {
    for (const { labels, values } of series) {
      const of = (name: string) => labels[labels.indexOf(name) + 1] ?? "";
      const callCount = BigInt(Math.max(0, Math.round(values[0] ?? 0)));
      if (callCount > 0n) found.push({ parent: of("client"), child: of("server"), callCount });
    }
  }
  return found;
}
