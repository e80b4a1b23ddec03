import { invalid } from "@sightline/errors/app-error";
import { healthStatusOfScore } from "@sightline/model/health-status";
import { type Clock, nanosOfMs } from "@sightline/model/time";
import type { Sql } from "@sightline/postgres/pool";
import { type AnalysisServiceServer, HealthStatus } from "@sightline/proto/sightline/analysis/v1/analysis_service";
import { internalUnary } from "@sightline/rpc/handlers";
import { listAnomalies } from "./anomaly/store.ts";
import { fleetScore } from "./health/fleet.ts";
import type { Fleets } from "./health/fleets.ts";

const statuses = {
  healthy: HealthStatus.HEALTHY,
  degraded: HealthStatus.DEGRADED,
  unhealthy: HealthStatus.UNHEALTHY,
} as const;

const dayNano = 86_400_000_000_000n;

export interface HandlerOptions {
  readonly internalToken: string;
  readonly sql: Sql;
  readonly fleets: Fleets;
  readonly clock: Clock;
}

/** AnalysisService. */
export function createAnalysisHandlers({ internalToken, sql, fleets, clock }: HandlerOptions) {
  const internal = internalUnary(internalToken);
  return {
    getFleetHealth: internal(async (_request: object, { tenant }) => {
      const nowMs = clock();
      const targets = fleets.of(tenant).scores(nowMs);
      const score = fleetScore(targets);
      return {
        fleetHealthScore: score,
        status: targets.length === 0 ? HealthStatus.UNSPECIFIED : statuses[healthStatusOfScore(score)],
        healthySystems: targets.filter((target) => healthStatusOfScore(target.score) === "healthy").length,
        totalSystems: targets.length,
        targets: targets.map((target) => ({
          target: target.target,
          score: target.score,
          status: statuses[healthStatusOfScore(target.score)],
          reasons: [...target.reasons],
          lastSeenUnixNano: nanosOfMs(target.lastSeenMs),
        })),
        timeUnixNano: nanosOfMs(nowMs),
      };
    }),
    listAnomalies: internal(async ({ startUnixNano, endUnixNano, limit }, { tenant }) => {
      if (limit > 1000) throw invalid(`cannot list anomalies: got limit ${limit}, want at most 1000`);
      const end = endUnixNano === 0n ? nanosOfMs(clock()) : endUnixNano;
      const start = startUnixNano === 0n ? end - dayNano : startUnixNano;
      const range = { startUnixNano: start, endUnixNano: end };
      return { anomalies: await listAnomalies(sql, tenant, range, limit === 0 ? 100 : limit) };
    }),
  } satisfies Pick<AnalysisServiceServer, "getFleetHealth" | "listAnomalies">;
}
