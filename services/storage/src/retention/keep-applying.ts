import type { ClickHouse } from "@sightline/clickhouse/client";
import type { Sql } from "@sightline/postgres/pool";
import type { Logger } from "@sightline/service/logger";
import { applyRetention } from "./apply-retention.ts";
import { defaultDays, type RetentionConfig } from "./config.ts";
import type { WantedRetention } from "./kinds.ts";
import { listSettings, recordFailures } from "./store.ts";

export interface RetentionKeeperOptions {
  readonly sql: Sql;
  readonly clickhouse: ClickHouse;
  readonly config: RetentionConfig;
  readonly log: Logger;
}

/** So often the tables are looked at even though nothing was changed: somebody else may have altered them. */
const LOOK_EVERY_RUNS = 60;

/**
 * Applies what people have set. Call again and again, in one process at a time: a call that finds the settings as they
 * were costs one small query.
 */
export function createRetentionKeeper({ sql, clickhouse, config, log }: RetentionKeeperOptions): () => Promise<void> {
  const defaults = defaultDays(config);
  let appliedSettings = "";
  let runsSinceLook = 0;
  return async () => {
    const tenants = await listSettings(sql);
    const settings = JSON.stringify([...tenants]);
    runsSinceLook += 1;
    if (settings === appliedSettings && runsSinceLook < LOOK_EVERY_RUNS) return;
    const wanted: WantedRetention = { defaults, tenants };
    const failures = await applyRetention({ clickhouse, wanted, sampledPercent: config.sampledTracesPercent, log });
    await recordFailures(sql, failures);
    runsSinceLook = 0;
    appliedSettings = failures.size === 0 ? settings : "";
  };
}
