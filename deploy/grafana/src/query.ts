import { readFileSync } from "node:fs";
import { DATA_SOURCES, type DataSource } from "./data-sources.ts";

/** A query of a panel, as Grafana's editor for its data source would write it; `refId` is given when the panel is made. */
export interface Query {
  readonly datasource: DataSource;
  readonly [field: string]: unknown;
}

/** PromQL over the range that is shown: one series for each line. `legend` is Grafana's template, as `{{instance}}`. */
export function promql(expr: string, legend = "__auto"): Query {
  return { datasource: DATA_SOURCES.prometheus, editorMode: "code", expr, legendFormat: legend, range: true };
}

/** PromQL over the range, with the traces of single measurements beside it. */
export function promqlWithExemplars(expr: string, legend: string): Query {
  return { ...promql(expr, legend), exemplar: true };
}

/** PromQL at the end of the range: one number for each series. */
export function promqlNow(expr: string, legend = "__auto"): Query {
  return { datasource: DATA_SOURCES.prometheus, editorMode: "code", expr, legendFormat: legend, instant: true };
}

/** PromQL at the end of the range as a table, a column for each label. */
export function promqlTable(expr: string): Query {
  return { ...promqlNow(expr), format: "table" };
}

/** The classic buckets of a histogram over the range, lowest first. */
export function promqlBuckets(expr: string): Query {
  return { ...promql(expr, "{{le}}"), format: "heatmap" };
}

/** The classic buckets of a histogram at the end of the range, lowest first. */
export function promqlBucketsNow(expr: string): Query {
  return { ...promqlNow(expr, "{{le}}"), format: "heatmap" };
}

/** Lines, or LogQL that counts, over the range. */
export function logql(expr: string, legend = ""): Query {
  return {
    datasource: DATA_SOURCES.loki,
    editorMode: "code",
    expr,
    queryType: "range",
    maxLines: 200,
    ...(legend !== "" && { legendFormat: legend }),
  };
}

/** Traces that TraceQL finds, as a table. */
export function traceql(query: string): Query {
  return { datasource: DATA_SOURCES.tempo, query, queryType: "traceql", tableType: "traces", limit: 20 };
}

/** A metric that TraceQL makes of spans, over the range. */
export function traceqlMetric(query: string): Query {
  return { datasource: DATA_SOURCES.tempo, query, queryType: "traceql", metricsQueryType: "range" };
}

/** Who calls whom, from `traces_service_graph_*`. */
export function serviceGraph(): Query {
  return { datasource: DATA_SOURCES.tempo, queryType: "serviceMap", serviceMapQuery: "" };
}

/** Who calls whom, as Jaeger tells it. */
export function dependencyGraph(): Query {
  return { datasource: DATA_SOURCES.jaeger, queryType: "dependencyGraph" };
}

/** The numbers by which the ClickHouse data source knows what to make of rows. */
const CLICKHOUSE_FORMATS = { timeseries: 0, table: 1, logs: 2 } as const;

/** A statement of `sql/`, with the macros of Grafana's ClickHouse data source in it. */
export function sql(name: string, queryType: keyof typeof CLICKHOUSE_FORMATS): Query {
  return {
    datasource: DATA_SOURCES.clickhouse,
    editorType: "sql",
    pluginVersion: "4.20.0",
    queryType,
    format: CLICKHOUSE_FORMATS[queryType],
    rawSql: readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), "utf8").trim(),
  };
}
