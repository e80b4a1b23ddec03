/** One row of RESULTS.md: a figure that a bench prints, and what it is held to. */
export interface FigureRow {
  readonly bench: string;
  readonly metric: string;
  /** What it is, for a reader. */
  readonly what: string;
  readonly atLeast?: string;
  readonly aim?: string;
  /** What keeps it from being better. */
  readonly bound?: string;
}

const shares = (bench: string, records: string): FigureRow[] =>
  ["ingest", "storage", "nats", "clickhouse", "others", "generator"].map((name) => ({
    bench,
    metric: `cpu_${name}`,
    what: `CPU-seconds per million ${records}: ${name === "others" ? "all other services" : name}`,
  }));

const endToEnd = (signal: string, records: string, row: Pick<FigureRow, "atLeast" | "aim" | "bound">): FigureRow[] => [
  {
    bench: `e2e-${signal}`,
    metric: "queryable_per_second",
    what: `${records} per second from OTLP/gRPC until they can be queried`,
    ...row,
  },
  {
    bench: `e2e-${signal}`,
    metric: "acknowledged_per_second",
    what: `${records} per second acknowledged while storage falls behind`,
  },
  ...shares(`e2e-${signal}`, records),
];

/** What both cores do, by the rows that divide it. */
const bothCores = {
  traces:
    "the CPU time of both cores, divided as below; ClickHouse takes two fifths of it, 3 CPU-seconds a million spans to insert and 3 each time they are merged, four tenths of that for writing columns anew and a fifth for reading them",
  logs: "the CPU time of both cores, divided as below; ClickHouse takes more than half of it, inserting, and merging what was inserted with the index of its words",
  metrics:
    "the CPU time of both cores, divided as below; the bus takes as much as ingest or storage, for copying 173 bytes a point in and twice out",
  events:
    "the CPU time of both cores, divided as below; of the other services' share the alerter takes half and Postgres a fifth: a fourth of the events count for a rule that ships, and each message of them is a transaction of seven statements; the rest is that analyzer and alerter are sent every byte, the alerter twice",
} as const;

/** Prometheus has the newest hours in its memory. */
const bodiesWithAllWords = "reading the bodies that have all words of the phrase: the index knows no places";
const readsAllSamples =
  "handing samples over, 13 to 14 bytes each: ClickHouse takes half of the CPU time, as much to send as to read them, and of storage's a third is the garbage of what it receives";

/** Every row, in the order of the table. */
export const FIGURE_ROWS: readonly FigureRow[] = [
  walk("traces", "spans", "1 M", "2 M"),
  walk("logs", "records", "1 M", "2 M"),
  walk("metrics", "points", "2 M", "4 M"),
  {
    bench: "walk-events",
    metric: "events_per_second_per_core",
    what: "events per second and core from an EventBatch to ClickHouse's columns",
    bound: "validating ids and details",
  },
  ...endToEnd("traces", "spans", { atLeast: "200 k", aim: "400 k", bound: bothCores.traces }),
  ...endToEnd("logs", "records", { atLeast: "150 k", aim: "300 k", bound: bothCores.logs }),
  ...endToEnd("metrics", "points", { atLeast: "500 k", aim: "1 M", bound: bothCores.metrics }),
  ...endToEnd("events", "events", { atLeast: "50 k", aim: "100 k", bound: bothCores.events }),
  {
    bench: "cpu-traces",
    metric: "cpu_ingest_and_storage",
    what: "CPU-seconds per million spans of ingest and storage",
    atLeast: "3",
    aim: "1.5",
    bound:
      "memory: 41 % of ingest's time is the kernel's copying of requests to the bus' socket, 24 % of storage's the finding of attributes' texts",
  },
  {
    bench: "freshness",
    metric: "acknowledged_to_queryable_at_half_p95",
    what: "acknowledged until queryable at half of the maximum, p95",
    atLeast: "2 s",
    aim: "1 s",
    bound: "inserts into a table are a second apart (`writer.insertIntervalMs`), so that parts stay few",
  },
  {
    bench: "freshness",
    metric: "acknowledged_to_queryable_alone_p95",
    what: "the same of one event at a time",
    bound: "as above",
  },
  {
    bench: "live",
    metric: "acknowledged_to_websocket_p99",
    what: "acknowledged until at a WebSocket, p99",
    atLeast: "100 ms",
    aim: "30 ms",
  },
  {
    bench: "ack",
    metric: "sent_to_acknowledged_p99",
    what: "sent until acknowledged at half of the maximum, p99",
    atLeast: "50 ms",
    aim: "20 ms",
    bound: "waiting for a core while ClickHouse inserts or merges with all of its threads",
  },
  ...["ingest", "storage"].flatMap((part): FigureRow[] => [
    {
      bench: "memory",
      metric: `resident_${part}`,
      what: `resident memory of ${part} at the maximum`,
      atLeast: part === "ingest" ? "300 MB" : "600 MB",
      aim: part === "ingest" ? "200 MB" : "400 MB",
    },
    { bench: "memory", metric: `growth_${part}`, what: `its growth over time, ${part}`, atLeast: "flat" },
  ]),
  { bench: "disk", metric: "bytes_per_sample", what: "bytes on disk per metric sample", atLeast: "3", aim: "1.5" },
  { bench: "disk", metric: "compression_of_spans", what: "spans: wire to disk", atLeast: "8", aim: "12" },
  {
    bench: "disk",
    metric: "compression_of_logs",
    what: "log records: wire to disk",
    atLeast: "8",
    aim: "12",
    bound: "the index of the bodies' words: 38 bytes a record, 20 of them for an id in each body that no other has",
  },
  { bench: "disk", metric: "compression_of_logs_without_indexes", what: "log records: wire to disk, without indexes" },
  search("token_p95", "one word", "1 s"),
  search("two-tokens_p95", "two words", "1 s"),
  search("rare-token_p95", "a rare word", "1 s"),
  { ...search("phrase_p95", "a rare phrase", "1 s"), bound: bodiesWithAllWords },
  { ...search("common-phrase_p95", "a frequent phrase and a word", "1 s"), bound: bodiesWithAllWords },
  search("histogram_p95", "the time line of a service from a severity on", "1 s"),
  search("newest-of-stream_p95", "the latest 100 of a service, severity and pod", "100 ms"),
  search("newest-errors_p95", "the latest 100 errors of a service", "100 ms"),
  {
    ...search("sparse-stream_p95", "the latest of a stream with fewer than 100 in a day", "100 ms"),
    bound: "three statements, the last over most of the day; each of the few records lies in a granule of its own",
  },
  search("trace-by-id_p95", "a trace by its id", "100 ms"),
  ...promql("query-rate", "sum", {
    what: "`sum by (rate())` over 1 000 series, 6 h at 15 s, a step a minute",
    atLeast: "300 ms",
    bound: readsAllSamples,
  }),
  ...promql("query-histogram", "of-jobs", {
    what: "`histogram_quantile` of 20 jobs' sums of 5 000 series, 1 h",
    atLeast: "300 ms",
    bound: readsAllSamples,
  }),
  ...promql("query-histogram", "each", {
    what: "`histogram_quantile` of 500 histograms of 5 000 series, 1 h",
    atLeast: "300 ms",
    bound: readsAllSamples,
  }),
  ...promql("query-instant", "vector", {
    what: "the newest of 10 000 series",
    atLeast: "150 ms",
    bound:
      "half of it is storage, joining labels with values and writing 1.4 MB of JSON; the other two statements of ClickHouse, which group an hour of samples by their series",
  }),
  ...promql("query-rollup", "thirty-days", { what: "30 days of one series, a step an hour", atLeast: "100 ms" }),
  ...["by-service", "by-level", "by-host", "by-route"].map((metric) =>
    query("query-logcount", `${metric}_p50`, `LogQL \`count_over_time\` over a day of 10 M records, ${metric}`, "1 s"),
  ),
  ...["with-text", "without-text", "sparse"].map((metric) =>
    query(
      "query-logfilter",
      `${metric}_p50`,
      `LogQL filter, \`json\` and a number, latest 100 of 10 M, ${metric}`,
      "500 ms",
    ),
  ),
  ...["common", "rare", "none", "slow", "structural", "rate"].map((metric) =>
    query("query-traceql", metric, `TraceQL over 5 M spans, ${metric}`, "1 s"),
  ),
  query(
    "query-boards",
    "slowest_drawn_in_p95_cache_off",
    "all panels of the slowest board together, nothing remembered",
    "2 s",
  ),
  query("query-boards", "slowest_drawn_in_p95_cache_on", "the same, ranges remembered", "2 s"),
  ...["ingest", "storage", "gateway", "analyzer", "alerter", "reporter", "collector", "clickhouse", "nats"].map(
    (part): FigureRow => ({ bench: "idle", metric: `cpu_${part}`, what: `idle: ${part}`, atLeast: "3 %" }),
  ),
  {
    bench: "idle",
    metric: "inserts_into_the_busiest_table",
    what: "inserts per second into the busiest table at 100 records/s",
    atLeast: "1",
  },
  ...["alerter", "storage", "clickhouse", "postgres", "nats"].map(
    (part): FigureRow => ({
      bench: "rules-run",
      metric: `cpu_${part}`,
      what: `10,000 rules each 30 s: cores of ${part}`,
      ...(part === "alerter" && { atLeast: "0.5" }),
    }),
  ),
  {
    bench: "alerts-held",
    metric: "page_of_groups_p95",
    what: "50,000 active alerts: a page of groups over REST, p95",
    atLeast: "100 ms",
    bound: "looking at all alerts anew once a second: what they are hidden by is asked of each (`board.ts`)",
  },
  {
    bench: "alerts-held",
    metric: "page_of_alerts_p95",
    what: "50,000 active alerts: a page of a group's alerts over REST, p95",
    atLeast: "100 ms",
  },
  {
    bench: "notify",
    metric: "notifications_per_second",
    what: "notifications per second through one fake receiver",
    atLeast: "1 k",
  },
  {
    bench: "notify",
    metric: "cpu_per_notification",
    what: "… CPU time of alerter and Postgres for each",
  },
  {
    bench: "alert-latency",
    metric: "metric_to_webhook_p99",
    what: "condition true until a webhook has it, evaluated every second, p99",
    atLeast: "5 s",
    bound: "inserts into a table are a second apart (`writer.insertIntervalMs`)",
  },
  {
    bench: "alert-latency",
    metric: "event_to_webhook_p99",
    what: "event sent until a webhook has its alert, p99",
    atLeast: "1 s",
  },
];

function search(metric: string, what: string, atLeast: string): FigureRow {
  return { bench: "search", metric, what: `p95 beside 10 M log records and 5 M spans: ${what}`, atLeast };
}

function query(bench: string, metric: string, what: string, atLeast: string): FigureRow {
  return { bench, metric, what, atLeast };
}

/** A query of PromQL here, and in a real Prometheus beside it. */
function promql(bench: string, metric: string, row: Pick<FigureRow, "what" | "atLeast" | "bound">): FigureRow[] {
  return [
    { bench, metric: `${metric}_answered_in`, ...row },
    { bench, metric: `${metric}_cpu_time`, what: "… CPU time of gateway, storage and ClickHouse" },
    { bench, metric: `${metric}_by_prometheus_answered_in`, what: "… in Prometheus" },
    { bench, metric: `${metric}_by_prometheus_cpu_time`, what: "… in Prometheus, CPU time" },
  ];
}

function walk(signal: string, records: string, atLeast: string, aim: string): FigureRow {
  return {
    bench: `walk-${signal}`,
    metric: `${records}_per_second_per_core`,
    what: `${records} per second and core from OTLP bytes to ClickHouse's columns`,
    atLeast,
    aim,
    bound: "copying and numbering the texts of attributes",
  };
}
