import { readFileSync } from "node:fs";
import type { ClickHouse } from "@sightline/clickhouse/client";
import { AppError } from "@sightline/errors/app-error";
import type { Logger } from "@sightline/service/logger";
import { z } from "zod";
import { ruleIn } from "./rule.ts";

const readSystemLogsSql = readFileSync(new URL("./sql/read-system-logs.sql", import.meta.url), "utf8");
const keepSystemLogSql = readFileSync(new URL("./sql/keep-system-log.sql", import.meta.url), "utf8");

const engineRow = z.object({ table: z.string(), engine: z.string() });

/**
 * Makes the server's own log tables, which otherwise grow for ever, keep so many days, and reads back that they do. They
 * appear when the server first writes them and come anew with its versions, hence again and again. On a server that is
 * not ours alone we may not be allowed to: then they stay as they are.
 *
 * @returns the tables that go on growing
 */
export async function limitSystemLogs(clickhouse: ClickHouse, days: number, log: Logger): Promise<readonly string[]> {
  for (const { table, engine } of await readSystemLogs(clickhouse)) {
    if (daysOf(engine) === days) continue;
    try {
      await clickhouse.command(keepSystemLogSql, { table, days });
      log.info({ table: `system.${table}`, days }, "retention changed");
    } catch (thrown) {
      log.warn({ table: `system.${table}`, error: AppError.from(thrown).message }, "retention could not be changed");
    }
  }
  return (await readSystemLogs(clickhouse)).filter(({ engine }) => daysOf(engine) !== days).map(({ table }) => table);
}

function readSystemLogs(clickhouse: ClickHouse) {
  return clickhouse.query(readSystemLogsSql, {}, { schema: engineRow });
}

/** The server writes the bound number as `_CAST(7, 'UInt32')`. */
function daysOf(engine: string): number | undefined {
  const [, days] = /^event_date \+ toIntervalDay\((?:_CAST\()?(\d+)/.exec(ruleIn(engine) ?? "") ?? [];
  return days === undefined ? undefined : Number(days);
}
