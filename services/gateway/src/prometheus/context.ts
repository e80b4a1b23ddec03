import type { Clock } from "@sightline/model/time";
import type { Clients } from "../clients.ts";
import type { Config } from "../config.ts";
import type { Metrics } from "../metrics.ts";
import type { ApiContext } from "./endpoint.ts";
import type { Notifications } from "./notifications.ts";
import { createRangeCache } from "./range-cache.ts";
import type { OwnMetrics } from "./self-metrics.ts";

export interface ContextOptions {
  readonly clients: Pick<Clients, "promql" | "alerter" | "rules" | "collector" | "retention">;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, "rangeQueries" | "rangeCacheSteps" | "rangeCacheEvictions" | "rangeCacheBytes">;
  readonly cache: Config["rangeCache"];
  readonly notifications: Notifications;
  /** This process' own. */
  readonly ownMetrics: OwnMetrics;
}

/** What the endpoints of Prometheus' API share. */
export function createPrometheusContext(options: ContextOptions): ApiContext {
  const { clients, clock, metrics, cache, notifications, ownMetrics } = options;
  const { promql, alerter, rules, collector, retention } = clients;
  return {
    promql,
    alerter,
    rules,
    collector,
    retention,
    clock,
    notifications,
    ownMetrics,
    startedMs: clock(),
    rangeCache: createRangeCache({
      ...cache,
      clock,
      evicted: (reason) => metrics.rangeCacheEvictions.inc({ reason }),
      sized: (bytes) => metrics.rangeCacheBytes.set(bytes),
    }),
    rangeAnswered: ({ result, remembered }) => {
      metrics.rangeQueries.inc({ result });
      metrics.rangeCacheSteps.inc(remembered);
    },
  };
}
