import { nanosOfMs } from "@sightline/model/time";
import { QueryMetricsRequest } from "@sightline/proto/sightline/query/v1/query_service";
import type { Storage } from "../clients.ts";

/** The newest value of one series. */
export interface CurrentValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Milliseconds since the Unix epoch. */
  readonly timeMs: number;
}

/** Where and for whom to look. */
export interface Look {
  readonly storage: Storage;
  readonly tenant: string;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** Older than this is not current. */
const lookbackMs = 5 * 60_000;

/** The newest value of every series of each metric, by the metric's name; metrics without one are left out. */
export async function currentValues(metrics: readonly string[], look: Look): Promise<Map<string, CurrentValue[]>> {
  const found = await Promise.all(metrics.map(async (metric) => [metric, await valuesOf(metric, look)] as const));
  return new Map(found.filter(([, values]) => values.length > 0));
}

async function valuesOf(metric: string, { storage, tenant, nowMs, signal }: Look): Promise<CurrentValue[]> {
  const request = QueryMetricsRequest.fromPartial({
    metric,
    range: { startUnixNano: nanosOfMs(nowMs - lookbackMs), endUnixNano: nanosOfMs(nowMs) },
    stepSeconds: 15,
  });
  const { series } = await storage.call("queryMetrics", request, { tenant, signal });
  return series.flatMap(({ labels, timesUnixMs, values }) => {
    const value = values.at(-1);
    const timeMs = timesUnixMs.at(-1);
    return value === undefined || timeMs === undefined ? [] : [{ labels, value, timeMs: Number(timeMs) }];
  });
}
