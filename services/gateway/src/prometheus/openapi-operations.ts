import { z } from "zod";

/** What the description of the API says of an endpoint. */
export interface Operation {
  readonly tag: string;
  readonly summary: string;
  /** What is asked with; texts that say a number or a time are texts. */
  readonly parameters: z.ZodObject;
  /** What stands below `data` of the answer. */
  readonly data: z.ZodType;
}

const text = z.string();
const optional = text.optional();
const texts = z.array(text).optional();
const time = optional.describe("Seconds since 1970, with a fraction if need be, or RFC 3339");
const limit = optional.describe("How many there may be; 0 or nothing: all");
const query = text.describe("An expression of PromQL");
const labels = z.record(z.string(), z.string());
const sample = z.tuple([z.number(), z.string()]).describe("Seconds since 1970, and the value as a text");
const none = z.object({});

const evaluation = {
  query,
  timeout: optional.describe("A duration, two minutes at most"),
  limit: limit.describe("How many series there may be; 0 or nothing: all"),
  lookback_delta: optional.describe("How old a sample may be, a duration"),
  stats: optional.describe("Anything for statistics, all for those of each step too"),
};
const selection = { "match[]": texts.describe("Series selectors"), start: time, end: time, limit };

const vector = z.array(z.looseObject({ metric: labels, value: sample.optional(), histogram: z.unknown().optional() }));
const matrix = z.array(
  z.looseObject({ metric: labels, values: z.array(sample).optional(), histograms: z.array(z.unknown()).optional() }),
);
const alert = z.looseObject({
  labels,
  annotations: labels,
  state: z.enum(["pending", "firing"]),
  activeAt: text,
  value: text,
});
const named = z.array(z.object({ name: text, value: z.number() }));
const target = z.looseObject({
  discoveredLabels: labels,
  labels,
  scrapePool: text,
  scrapeUrl: text,
  globalUrl: text,
  lastError: text,
  lastScrape: text,
  lastScrapeDuration: z.number(),
  health: z.enum(["up", "down", "unknown"]),
  scrapeInterval: text,
  scrapeTimeout: text,
});
const metadata = z.object({ type: text, help: text, unit: text });
export const notification = z.object({ text, date: text, active: z.boolean() });

function disabled(tag: string, what: string): Operation {
  return { tag, summary: `${what}: not enabled, always answers 503`, parameters: none, data: z.never() };
}

function operation(
  tag: string,
  summary: string,
  { parameters = {}, data }: { parameters?: z.ZodRawShape; data: z.ZodType },
): Operation {
  return { tag, summary, parameters: z.object(parameters), data };
}

/** By the paths of the endpoints; one that is not here has no place in the API. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  "/query": operation("query", "Evaluate an expression at one time", {
    parameters: { ...evaluation, time },
    data: z.discriminatedUnion("resultType", [
      z.looseObject({ resultType: z.literal("vector"), result: vector }),
      z.looseObject({ resultType: z.literal("matrix"), result: matrix }),
      z.looseObject({ resultType: z.literal("scalar"), result: sample }),
      z.looseObject({ resultType: z.literal("string"), result: sample }),
    ]),
  }),
  "/query_range": operation("query", "Evaluate an expression at the steps of a range", {
    parameters: { ...evaluation, start: time.unwrap(), end: time.unwrap(), step: text.describe("A duration") },
    data: z.looseObject({ resultType: z.literal("matrix"), result: matrix }),
  }),
  "/query_exemplars": operation("query", "Read the exemplars of the series of an expression", {
    parameters: { query, start: time, end: time },
    data: z.array(
      z.object({
        seriesLabels: labels,
        exemplars: z.array(z.object({ labels, value: text, timestamp: z.number() })),
      }),
    ),
  }),
  "/format_query": operation("query", "Write an expression on several lines", { parameters: { query }, data: text }),
  "/parse_query": operation("query", "Read an expression into its syntax tree", {
    parameters: { query },
    data: z.looseObject({ type: text }),
  }),
  "/series": operation("series", "List the series that selectors select", {
    parameters: { ...selection, "match[]": z.array(text).min(1).describe("Series selectors") },
    data: z.array(labels),
  }),
  "/labels": operation("labels", "List the names of labels", { parameters: selection, data: z.array(text) }),
  "/label/:name/values": operation("labels", "List the values of a label", {
    parameters: selection,
    data: z.array(text),
  }),
  "/metadata": operation("metadata", "Read the types, helps and units of metrics", {
    parameters: { metric: optional, limit },
    data: z.record(z.string(), z.array(metadata)),
  }),
  "/rules": operation("rules", "List the rules by groups", {
    parameters: {
      type: z.enum(["alert", "record"]).optional(),
      "rule_name[]": texts,
      "rule_group[]": texts,
      "file[]": texts,
      "match[]": texts,
      exclude_alerts: optional.describe("Whether to leave out the alerts of rules"),
      group_limit: optional.describe("How many groups at a time"),
      group_next_token: optional.describe("Of the answer before"),
    },
    data: z.object({
      groups: z.array(
        z.looseObject({
          name: text,
          file: text,
          interval: z.number(),
          limit: z.number(),
          evaluationTime: z.number(),
          lastEvaluation: text,
          rules: z.array(z.looseObject({ name: text, query: text, type: z.enum(["alerting", "recording"]) })),
        }),
      ),
      groupNextToken: optional,
    }),
  }),
  "/alerts": operation("alerts", "List the alerts that are pending or fire", {
    data: z.object({ alerts: z.array(alert) }),
  }),
  "/alertmanagers": operation("alerts", "List the Alertmanagers that are told: none, people are told from here", {
    data: z.object({ activeAlertmanagers: z.array(z.unknown()), droppedAlertmanagers: z.array(z.unknown()) }),
  }),
  "/targets": operation("targets", "List what is scraped", {
    parameters: { scrapePool: optional, state: optional.describe("active, dropped or any") },
    data: z.object({
      activeTargets: z.array(target),
      droppedTargets: z.array(z.unknown()),
      droppedTargetCounts: z.record(z.string(), z.number()).nullable(),
    }),
  }),
  "/targets/metadata": operation("targets", "Read what the metrics of targets are", {
    parameters: { match_target: optional.describe("A selector of labels"), metric: optional, limit },
    data: z.array(metadata.extend({ target: labels, metric: optional })),
  }),
  "/targets/relabel_steps": operation("targets", "Follow how labels are changed on the way: never", {
    parameters: { scrapePool: text, labels: text.describe("A JSON object of texts") },
    data: z.object({ steps: z.array(z.looseObject({ rule: z.unknown(), output: labels, keep: z.boolean() })) }),
  }),
  "/scrape_pools": operation("targets", "List the names of jobs", { data: z.object({ scrapePools: z.array(text) }) }),
  "/status/config": operation("status", "Read what a Prometheus that scrapes the same has in its file", {
    data: z.object({ yaml: text }),
  }),
  "/status/flags": operation("status", "Read the flags of a Prometheus that answers the same", { data: labels }),
  "/status/runtimeinfo": operation("status", "Read what the server says of itself", {
    data: z.looseObject({ startTime: text, serverTime: text, storageRetention: text }),
  }),
  "/status/buildinfo": operation("status", "Read the release of Prometheus that this answers like", {
    data: z.looseObject({ version: text, revision: text }),
  }),
  "/status/tsdb": operation("status", "Count series by metrics and labels", {
    parameters: { limit: optional.describe("How many of each list; 10 when nothing is said") },
    data: z.object({
      headStats: z.looseObject({ numSeries: z.number(), minTime: z.number(), maxTime: z.number() }),
      seriesCountByMetricName: named,
      labelValueCountByLabelName: named,
      memoryInBytesByLabelName: named,
      seriesCountByLabelValuePair: named,
    }),
  }),
  "/status/tsdb/blocks": operation("status", "List the blocks of a TSDB: none, data are kept elsewhere", {
    data: z.object({ blocks: z.array(z.unknown()) }),
  }),
  "/status/walreplay": operation("status", "Read how far the start has come: always done", {
    data: z.object({ min: z.number(), max: z.number(), current: z.number(), state: text }),
  }),
  "/status/self_metrics": operation("status", "Read what the server measures of itself", {
    parameters: { metric_name_pattern: optional.describe("A regular expression that a whole name matches") },
    data: z.array(z.object({ name: text, help: text, type: text, metric: z.array(z.record(z.string(), z.unknown())) })),
  }),
  "/features": operation("features", "Read what may be asked for", {
    data: z.record(z.string(), z.record(z.string(), z.boolean())),
  }),
  "/notifications": operation("notifications", "Read what is to be known of the system now", {
    data: z.array(notification),
  }),
  "/admin/tsdb/delete_series": disabled("admin", "Delete series"),
  "/admin/tsdb/clean_tombstones": disabled("admin", "Clean up behind deletions"),
  "/admin/tsdb/snapshot": disabled("admin", "Make a snapshot"),
  "/search/metric_names": disabled("search", "Search names of metrics"),
  "/search/label_names": disabled("search", "Search names of labels"),
  "/search/label_values": disabled("search", "Search values of labels"),
};
