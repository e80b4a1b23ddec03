import { AppError } from "@sightline/errors/app-error";
import { type Clock, nanosOfMs } from "@sightline/model/time";
import { Aggregation, QueryMetricsRequest, SeriesFunction } from "@sightline/proto/sightline/query/v1/query_service";
import type { Logger } from "@sightline/service/logger";
import type { MetricSource } from "../evaluate/metric.ts";
import { noTopology, type Topology, topologyOf } from "./topology.ts";

export interface CallGraphOptions {
  readonly source: MetricSource;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who calls whom, of a tenant, as its traces showed it within the last hour. */
export interface CallGraph {
  /** What was known last when it cannot be told now: alerts do not wait for it. */
  of(tenant: string, signal: AbortSignal): Promise<Topology>;
}

const METRIC = "traces_service_graph_request_total";
const HOUR_MS = 3_600_000;
const KEEP_MS = 60_000;
const DEADLINE_MS = 2000;
/** After a failure nobody asks for so long, whoever's graph it is: incidents do not wait for each tenant's time-out. */
const PAUSE_MS = 15_000;
/** Edges with the most requests. */
const MAX_EDGES = 1000;
const MAX_TENANTS = 1000;

/** Asks the metrics that are made of spans, once a minute and tenant. */
export function createCallGraph({ source, clock, log }: CallGraphOptions): CallGraph {
  const known = new Map<string, { readonly topology: Topology; readonly untilMs: number }>();
  let awayUntilMs = Number.NEGATIVE_INFINITY;
  return {
    async of(tenant, signal) {
      const before = known.get(tenant);
      const nowMs = clock();
      if (before !== undefined && nowMs < before.untilMs) return before.topology;
      if (nowMs < awayUntilMs) return before?.topology ?? noTopology;
      let topology: Topology;
      try {
        topology = await ask(tenant, nowMs, signal);
      } catch (thrown) {
        awayUntilMs = nowMs + PAUSE_MS;
        const { message } = AppError.from(thrown);
        if (!signal.aborted)
          log.warn({ tenant, error: message }, "who calls whom cannot be asked: alerts are told apart more");
        return before?.topology ?? noTopology;
      }
      known.delete(tenant);
      known.set(tenant, { topology, untilMs: nowMs + KEEP_MS });
      const [oldest] = known.keys();
      if (known.size > MAX_TENANTS && oldest !== undefined) known.delete(oldest);
      return topology;
    },
  };

  async function ask(tenant: string, nowMs: number, signal: AbortSignal): Promise<Topology> {
    const request = QueryMetricsRequest.fromPartial({
      metric: METRIC,
      range: { startUnixNano: nanosOfMs(nowMs - KEEP_MS), endUnixNano: nanosOfMs(nowMs) },
      stepSeconds: KEEP_MS / 1000,
      function: SeriesFunction.INCREASE,
      windowSeconds: HOUR_MS / 1000,
      aggregation: Aggregation.SUM,
      groupBy: ["client", "server"],
      limit: MAX_EDGES,
    });
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
    const { series } = await source.queryMetrics(tenant, request, bounded);
    const calls = series
      .filter(({ values }) => (values.at(-1) ?? 0) > 0)
      .map(({ labels: { client = "", server = "" } }) => ({ client, server }));
    return topologyOf(calls.filter(({ client, server }) => client !== "" && server !== ""));
  }
}
