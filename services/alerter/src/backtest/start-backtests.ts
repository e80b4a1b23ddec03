import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type { Seal } from "@sightline/postgres/seal";
import { LogqlServiceClient } from "@sightline/proto/sightline/query/v1/logql_service";
import { PromqlServiceClient } from "@sightline/proto/sightline/query/v1/promql_service";
import { createClient } from "@sightline/rpc/client";
import type { Config } from "../config.ts";
import { createConfigurationStore } from "../dispatch/configuration-store.ts";
import type { RuleQueries } from "../rule-groups/rule-queries.ts";
import { type BacktestCalls, createBacktestCalls } from "./backtest-calls.ts";
import { createStorageRanges } from "./storage-ranges.ts";

export interface StartBacktestsOptions {
  readonly config: Config;
  readonly sql: Pool;
  readonly seal: Seal;
  readonly queries: Pick<RuleQueries, "instant">;
  readonly clock: Clock;
}

export interface StartedBacktests {
  readonly calls: BacktestCalls;
  /** Ends the connections. */
  close(): void;
}

/** What a backtest may cost: the work of it is done beside everything else that this process does. */
const BOUNDS = {
  maxEvaluations: 20_000_000,
  chunkSteps: 2880,
  maxInstants: 1000,
  maxAlerts: 20_000,
  maxEpisodes: 20_000,
  maxDurationMs: 240_000,
} as const;
const MAX_SAMPLES = 500_000;
const PROGRESS_MS = 1000;

/** Replays what storage has; connects when first asked. */
export function startBacktests({ config, sql, seal, queries, clock }: StartBacktestsOptions): StartedBacktests {
  const known = { internalToken: config.internalToken.reveal(), caller: "alerter" };
  const promql = createClient(PromqlServiceClient, config.storage.address, known);
  const logql = createClient(LogqlServiceClient, config.storage.address, known);
  const calls = createBacktestCalls({
    ...{ sql, clock, bounds: BOUNDS, progressMs: PROGRESS_MS },
    configurations: createConfigurationStore({ sql, seal }),
    sourceOf: (tenant) =>
      createStorageRanges(tenant, {
        ...{ queries, timeoutMs: config.queryTimeoutMs, maxSamples: MAX_SAMPLES },
        calls: {
          promql: (request, options) => promql.stream("queryPromql", request, options),
          logql: (request, options) => logql.stream("queryLogql", request, options),
        },
      }),
    defaultIntervalMs: config.ruleEvaluationIntervalMs,
    defaultQueryOffsetMs: config.ruleQueryOffsetMs,
    maxSeries: config.maxSeriesPerRule,
  });
  return {
    calls,
    close() {
      for (const client of [promql, logql]) client.close();
    },
  };
}
