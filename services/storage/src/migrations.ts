import { readFileSync } from "node:fs";
import type { Migration } from "@sightline/clickhouse/migrate";

/** The schema, in order. A file that has run somewhere is never changed: what is new is a new file. */
export const migrations: readonly Migration[] = [
  {
    name: "0000_coarse_time",
    sql: readFileSync(new URL("../migrations/0000_coarse_time.sql", import.meta.url), "utf8"),
  },
  {
    name: "0000_log_granules",
    sql: readFileSync(new URL("../migrations/0000_log_granules.sql", import.meta.url), "utf8"),
  },
  { name: "0001_logs", sql: readFileSync(new URL("../migrations/0001_logs.sql", import.meta.url), "utf8") },
  { name: "0002_traces", sql: readFileSync(new URL("../migrations/0002_traces.sql", import.meta.url), "utf8") },
  { name: "0003_metrics", sql: readFileSync(new URL("../migrations/0003_metrics.sql", import.meta.url), "utf8") },
  {
    name: "0004_metric_views",
    sql: readFileSync(new URL("../migrations/0004_metric_views.sql", import.meta.url), "utf8"),
  },
  { name: "0005_events", sql: readFileSync(new URL("../migrations/0005_events.sql", import.meta.url), "utf8") },
  {
    name: "0006_cheaper_inserts",
    sql: readFileSync(new URL("../migrations/0006_cheaper_inserts.sql", import.meta.url), "utf8"),
  },
  { name: "0010_rollups", sql: readFileSync(new URL("../migrations/0010_rollups.sql", import.meta.url), "utf8") },
  {
    name: "0011_collector_columns",
    sql: readFileSync(new URL("../migrations/0011_collector_columns.sql", import.meta.url), "utf8"),
  },
  {
    name: "0020_metric_metadata",
    sql: readFileSync(new URL("../migrations/0020_metric_metadata.sql", import.meta.url), "utf8"),
  },
  {
    name: "0021_float_histogram_views",
    sql: readFileSync(new URL("../migrations/0021_float_histogram_views.sql", import.meta.url), "utf8"),
  },
  {
    name: "0024_attribute_text_indexes",
    sql: readFileSync(new URL("../migrations/0024_attribute_text_indexes.sql", import.meta.url), "utf8"),
  },
  {
    name: "0030_rollups_of_all_metrics",
    sql: readFileSync(new URL("../migrations/0030_rollups_of_all_metrics.sql", import.meta.url), "utf8"),
  },
  {
    name: "0031_array_elements",
    sql: readFileSync(new URL("../migrations/0031_array_elements.sql", import.meta.url), "utf8"),
  },
  {
    name: "0032_log_attribute_keys",
    sql: readFileSync(new URL("../migrations/0032_log_attribute_keys.sql", import.meta.url), "utf8"),
  },
  {
    name: "0033_log_streams",
    sql: readFileSync(new URL("../migrations/0033_log_streams.sql", import.meta.url), "utf8"),
  },
];
