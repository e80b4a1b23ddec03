import { readFileSync } from "node:fs";
import type { ClickHouse } from "@sightline/clickhouse/client";
import { AppError } from "@sightline/errors/app-error";
import type { Logger } from "@sightline/service/logger";
import { z } from "zod";
import { retentionSeconds } from "./retention-seconds.ts";

const readEnginesSql = readFileSync(new URL("./sql/read-engines.sql", import.meta.url), "utf8");
const readSystemLogsSql = readFileSync(new URL("./sql/read-system-logs.sql", import.meta.url), "utf8");
const keepRowsSql = readFileSync(new URL("./sql/keep-rows.sql", import.meta.url), "utf8");
const keepSystemLogSql = readFileSync(new URL("./sql/keep-system-log.sql", import.meta.url), "utf8");

/** How long what is kept, days. */
export const retentionConfig = z.strictObject({
  logsDays: z.int().min(1).max(3650).default(90),
  tracesDays: z.int().min(1).max(3650).default(7),
  metricsDays: z.int().min(1).max(3650).default(30),
  eventsDays: z.int().min(1).max(3650).default(90),
  /** Of ClickHouse's own log tables, which otherwise grow for ever; 0 leaves them alone. */
  systemLogsDays: z.int().min(0).max(3650).default(7),
});
export type RetentionConfig = z.infer<typeof retentionConfig>;

interface KeptTable {
  /** By which age is told. */
  readonly column: string;
  readonly days: Exclude<keyof RetentionConfig, "systemLogsDays">;
}

const TABLES: Readonly<Record<string, KeptTable>> = {
  otel_logs: { column: "Timestamp", days: "logsDays" },
  otel_traces: { column: "Timestamp", days: "tracesDays" },
  otel_traces_trace_id_ts: { column: "Start", days: "tracesDays" },
  metrics_series: { column: "LastSeen", days: "metricsDays" },
  metrics_samples: { column: "Timestamp", days: "metricsDays" },
  metrics_histograms: { column: "Timestamp", days: "metricsDays" },
  metrics_exponential_histograms: { column: "Timestamp", days: "metricsDays" },
  metrics_summaries: { column: "Timestamp", days: "metricsDays" },
  metrics_exemplars: { column: "Timestamp", days: "metricsDays" },
  events: { column: "Timestamp", days: "eventsDays" },
};

const engineRow = z.object({ table: z.string(), engine: z.string() });
const DAY_SECONDS = 86_400;

/**
 * Makes the tables keep their rows as long as configured, where they do not. What counts is what the server says about
 * each table, before and after.
 */
export async function applyRetention(clickhouse: ClickHouse, config: RetentionConfig, log: Logger): Promise<void> {
  for (const { table, engine } of await readEngines(clickhouse)) {
    const kept = TABLES[table];
    if (kept === undefined) continue;
    const days = config[kept.days];
    if (retentionSeconds(engine) === days * DAY_SECONDS) continue;
    await clickhouse.command(keepRowsSql, { table, column: kept.column, days });
    log.info({ table, days }, "retention changed");
  }
  for (const { table, engine } of await readEngines(clickhouse)) {
    const kept = TABLES[table];
    if (kept === undefined || retentionSeconds(engine) === config[kept.days] * DAY_SECONDS) continue;
    throw new AppError("internal", `cannot set how long ${table} keeps its rows: got "${engine}" after the change`);
  }
  if (config.systemLogsDays > 0) await limitSystemLogs(clickhouse, config.systemLogsDays, log);
}

function readEngines(clickhouse: ClickHouse) {
  return clickhouse.query(readEnginesSql, { tables: Object.keys(TABLES) }, { schema: engineRow });
}

/** On a server that is not ours alone we may not be allowed to: then they stay as they are. */
async function limitSystemLogs(clickhouse: ClickHouse, days: number, log: Logger): Promise<void> {
  for (const { table, engine } of await clickhouse.query(readSystemLogsSql, {}, { schema: engineRow })) {
    if (retentionSeconds(engine) === days * DAY_SECONDS) continue;
    try {
      await clickhouse.command(keepSystemLogSql, { table, days });
      log.info({ table: `system.${table}`, days }, "retention changed");
    } catch (thrown) {
      log.warn({ table: `system.${table}`, error: AppError.from(thrown).message }, "retention could not be changed");
    }
  }
}
