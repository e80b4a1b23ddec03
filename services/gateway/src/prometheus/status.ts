import { availableParallelism } from "node:os";
import { AppError, invalid } from "@sightline/errors/app-error";
import { formatRfc3339 } from "@sightline/model/rfc3339";
import { nanosOfMs } from "@sightline/model/time";
import type { NamedCount } from "@sightline/proto/sightline/query/v1/promql_service";
import { AGGREGATIONS, ARITHMETIC, COMPARISONS, SET_OPERATORS } from "@sightline/query/promql/ast";
import { formatDuration } from "@sightline/query/promql/durations";
import { functionNames, readQuery } from "@sightline/query/promql/engine";
import { format } from "@sightline/query/promql/format";
import type { QueryRequest } from "../http/query-api.ts";
import { type ApiContext, answerOf, type Endpoint } from "./endpoint.ts";
import { notificationJson } from "./live-notifications.ts";
import { MAX_TIMEOUT_MS } from "./query.ts";
import { selfMetrics } from "./self-metrics.ts";
import { syntaxTree } from "./syntax-tree.ts";
import { poolOf, scrapedTargets } from "./targets.ts";

/** The release of Prometheus whose API and PromQL this is: clients tell by it what they may ask for. */
export const COMPATIBLE_VERSION = "3.5.0";

/** What counts as there now, for statistics on series: what Prometheus would have in its head. */
const HEAD_MS = 2 * 3_600_000;
const MAX_STATISTICS = 10_000;

export const statusEndpoints: readonly Endpoint[] = [
  {
    path: "/format_query",
    post: true,
    answer: async ({ parameters }) => answerOf(format(expressionOf(parameters.get("query")))),
  },
  {
    path: "/parse_query",
    post: true,
    answer: async ({ parameters }) => answerOf(syntaxTree(expressionOf(parameters.get("query")))),
  },
  {
    path: "/status/config",
    answer: async (request, context) => answerOf({ yaml: await configYaml(request, context) }),
  },
  { path: "/status/flags", answer: async () => answerOf(FLAGS) },
  { path: "/status/runtimeinfo", answer: async (request, context) => answerOf(await runtimeInfo(request, context)) },
  { path: "/status/tsdb", answer: async (request, context) => answerOf(await seriesStatistics(request, context)) },
  // There are none: what is kept is in ClickHouse.
  { path: "/status/tsdb/blocks", answer: async () => answerOf({ blocks: [] }) },
  // Nothing has to be replayed before there are answers: what is not stored yet waits on the bus.
  { path: "/status/walreplay", answer: async () => answerOf({ min: 0, max: 0, current: 0, state: "done" }) },
  {
    path: "/status/self_metrics",
    answer: async ({ parameters, caller }, { ownMetrics }) => {
      const pattern = parameters.get("metric_name_pattern");
      return answerOf(await selfMetrics(ownMetrics, { caller, pattern }));
    },
  },
  {
    path: "/notifications",
    answer: async (_request, { notifications }) =>
      answerOf((await notifications.current()).map((one) => notificationJson(one, true))),
  },
  { path: "/features", answer: async () => answerOf(FEATURES) },
];

/**
 * What answers which system this is.
 *
 * @param features what Mimir tells of itself and Prometheus does not: Grafana takes whoever tells anything for Mimir
 */
export function buildInfo(features?: Readonly<Record<string, string>>): Endpoint {
  const build = { version: COMPATIBLE_VERSION, revision: "sightline", branch: "" };
  const told = {
    ...build,
    buildUser: "",
    buildDate: "",
    goVersion: "",
    ...(features === undefined ? {} : { features }),
  };
  return { path: "/status/buildinfo", answer: async () => answerOf(told) };
}

function expressionOf(query: string) {
  try {
    return readQuery(query).expression;
  } catch (thrown) {
    throw invalid(`invalid parameter "query": ${AppError.from(thrown).message}`);
  }
}

/** What a Prometheus that does the same would have in its file; JSON is YAML. Secrets are in no configuration of targets. */
async function configYaml(request: QueryRequest, context: ApiContext): Promise<string> {
  const targets = await scrapedTargets(request, context);
  const scrape_configs = targets.map((target) => {
    const { protocol, pathname, host } = new URL(target.address);
    return {
      job_name: poolOf(target),
      scrape_interval: formatDuration(target.intervalMs),
      scrape_timeout: formatDuration(target.timeoutMs),
      metrics_path: pathname,
      scheme: protocol.slice(0, -1),
      static_configs: [{ targets: [host], labels: target.labels }],
    };
  });
  return `${JSON.stringify({ scrape_configs }, null, 2)}\n`;
}

/** What Prometheus would be started with to answer as we do. */
const FLAGS: Readonly<Record<string, string>> = {
  "query.lookback-delta": "5m",
  "query.timeout": formatDuration(MAX_TIMEOUT_MS),
  "web.enable-admin-api": "false",
  "web.enable-lifecycle": "false",
  "web.enable-otlp-receiver": "true",
  "web.enable-remote-write-receiver": "true",
};

async function runtimeInfo({ caller, signal }: QueryRequest, { retention, clock, startedMs }: ApiContext) {
  const { kinds } = await retention.call("getRetention", {}, { tenant: caller.tenant, signal });
  const days = kinds.find(({ kind }) => kind === "metrics")?.days ?? 0;
  const startTime = formatRfc3339(nanosOfMs(startedMs));
  return {
    startTime,
    CWD: "/",
    hostname: "sightline",
    serverTime: formatRfc3339(nanosOfMs(clock())),
    reloadConfigSuccess: true,
    lastConfigTime: startTime,
    corruptionCount: 0,
    goroutineCount: 0,
    GOMAXPROCS: availableParallelism(),
    GOMEMLIMIT: 0,
    GOGC: "",
    GODEBUG: "",
    storageRetention: `${days}d`,
  };
}

async function seriesStatistics({ parameters, caller, signal }: QueryRequest, { promql, clock }: ApiContext) {
  const text = parameters.get("limit");
  const limit = text === "" ? 10 : Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw invalid("limit must be a positive number");
  if (limit > MAX_STATISTICS) throw invalid(`limit must not exceed ${MAX_STATISTICS}`);
  const range = { startUnixMs: BigInt(clock() - HEAD_MS), endUnixMs: BigInt(clock()) };
  const found = await promql.call("getSeriesStatistics", { ...range, limit }, { tenant: caller.tenant, signal });
  return {
    headStats: {
      numSeries: Number(found.seriesCount),
      numLabelPairs: Number(found.labelPairCount),
      chunkCount: 0,
      minTime: Number(found.minUnixMs),
      maxTime: Number(found.maxUnixMs),
    },
    seriesCountByMetricName: countsJson(found.seriesByMetric),
    labelValueCountByLabelName: countsJson(found.valuesByLabel),
    memoryInBytesByLabelName: countsJson(found.bytesByLabel),
    seriesCountByLabelValuePair: countsJson(found.seriesByLabelPair),
  };
}

function countsJson(counts: readonly NamedCount[]) {
  return counts.map(({ name, count }) => ({ name, value: Number(count) }));
}

const allTrue = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, true]));

/** What clients may ask of us. */
const FEATURES = {
  api: {
    admin: false,
    exclude_alerts: true,
    label_values_match: true,
    lifecycle: false,
    "openapi_3.1": true,
    "openapi_3.2": true,
    otlp_write_receiver: true,
    query_stats: true,
    query_warnings: true,
    remote_write_receiver: true,
    time_range_labels: true,
    time_range_series: true,
  },
  otlp_receiver: { delta_conversion: false, native_delta_ingestion: true },
  promql: allTrue([
    "anchored",
    "at_modifier",
    "bool",
    "by",
    "duration_expr",
    "fill",
    "group_left",
    "group_right",
    "ignoring",
    "negative_offset",
    "offset",
    "on",
    "smoothed",
    "subqueries",
    "without",
  ]),
  promql_functions: allTrue(functionNames()),
  promql_operators: allTrue([...AGGREGATIONS, ...ARITHMETIC, ...COMPARISONS, ...SET_OPERATORS, "=~", "!~", "@"]),
};
