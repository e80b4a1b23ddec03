import { readFileSync } from "node:fs";
import type { ClickHouse } from "@sightline/clickhouse/client";
import { z } from "zod";
import type { SignalName } from "./load/signals.ts";

const COUNTS: Readonly<Record<SignalName, string>> = {
  traces: readFileSync(new URL("./sql/stored-spans.sql", import.meta.url), "utf8"),
  logs: readFileSync(new URL("./sql/stored-logs.sql", import.meta.url), "utf8"),
  metrics: readFileSync(new URL("./sql/stored-points.sql", import.meta.url), "utf8"),
  events: readFileSync(new URL("./sql/stored-events.sql", import.meta.url), "utf8"),
};

/** The tables that a signal's records are in. */
export const TABLES: Readonly<Record<SignalName, readonly string[]>> = {
  traces: ["otel_traces", "otel_traces_trace_id_ts"],
  logs: ["otel_logs"],
  metrics: ["metrics_samples", "metrics_histograms"],
  events: ["events"],
};

/** Those whose rows are the records: the others say where they are. */
const RECORD_TABLES: Readonly<Record<SignalName, readonly string[]>> = { ...TABLES, traces: ["otel_traces"] };

const counts = z.object({ stored: z.coerce.number(), different: z.coerce.number() });
const rows = z.object({ rows: z.coerce.number() });

/** The records of the load: how many there are, and how many different ones. Reads them all. */
export async function countStored(clickhouse: ClickHouse, signal: SignalName): Promise<z.infer<typeof counts>> {
  const [row] = await clickhouse.query(COUNTS[signal], {}, { schema: counts });
  return row ?? { stored: 0, different: 0 };
}

/** All rows of a signal, whosever they are. Costs nothing: ClickHouse knows it. */
export async function countRows(clickhouse: ClickHouse, signal: SignalName): Promise<number> {
  let sum = 0;
  for (const table of RECORD_TABLES[signal]) {
    const [row] = await clickhouse.query(`SELECT count() AS rows FROM ${table}`, {}, { schema: rows });
    sum += row?.rows ?? 0;
  }
  return sum;
}

/** Takes a signal's records away, so that every run meets the same tables. */
export async function clearStored(clickhouse: ClickHouse, signal: SignalName): Promise<void> {
  for (const table of TABLES[signal]) await clickhouse.command(`TRUNCATE TABLE ${table}`);
}
