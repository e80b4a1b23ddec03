/**
 * What is kept for a time of its own. The spans of `traces` are all there; of older ones, up to the age that is set for
 * `sampled_traces`, a share of the traces remains whole.
 */
export const KINDS = ["logs", "traces", "sampled_traces", "metrics", "metric_rollups", "events"] as const;
export type Kind = (typeof KINDS)[number];

/** Days by kind. */
export type KeptDays = Readonly<Record<Kind, number>>;

/** What is asked for: for everybody, and for those tenants that have settings of their own. */
export interface WantedRetention {
  readonly defaults: KeptDays;
  readonly tenants: ReadonlyMap<string, Partial<KeptDays>>;
}

export function isKind(text: string): text is Kind {
  return KINDS.some((kind) => kind === text);
}

/** What is asked for a tenant, in full. */
export function keptDaysOf({ defaults, tenants }: WantedRetention, tenant: string): KeptDays {
  return { ...defaults, ...tenants.get(tenant) };
}

/** How a table's rows age. */
export interface KeptTable {
  readonly name: string;
  /** By which age is told. */
  readonly column: string;
  /** For how many days rows of a tenant are kept. */
  readonly days: (kept: KeptDays) => number;
  /** For how many days the rows of sampled traces are kept; as all others when left out. */
  readonly sampledDays?: (kept: KeptDays) => number;
  /** Its parts hold rows of any age, so that none ever goes as a whole. */
  readonly mixedAges?: true;
}

const spans = {
  days: ({ traces }: KeptDays) => traces,
  sampledDays: (kept: KeptDays) => Math.max(kept.traces, kept.sampled_traces),
};
const samples = { column: "Timestamp", days: ({ metrics }: KeptDays) => metrics };
/** Say what the samples and the rollups are of. */
const descriptions = {
  column: "LastSeen",
  days: (kept: KeptDays) => Math.max(kept.metrics, kept.metric_rollups),
  mixedAges: true,
} as const;
const ROLLUP_TABLES = [
  "metrics_rollup_5m",
  "metrics_rollup_1h",
  "metrics_histograms_rollup_5m",
  "metrics_histograms_rollup_1h",
  "metrics_exponential_histograms_rollup_5m",
  "metrics_exponential_histograms_rollup_1h",
  "metrics_summaries_rollup_5m",
  "metrics_summaries_rollup_1h",
];
const rollups = { column: "Bucket", days: ({ metric_rollups }: KeptDays) => metric_rollups };

/** Every table that has an age limit. */
export const KEPT_TABLES: readonly KeptTable[] = [
  { name: "otel_logs", column: "Timestamp", days: ({ logs }) => logs },
  { name: "otel_logs_attribute_keys", column: "Day", days: ({ logs }) => logs },
  { name: "otel_logs_streams", column: "Day", days: ({ logs }) => logs },
  { name: "otel_traces", column: "Timestamp", ...spans },
  { name: "otel_traces_trace_id_ts", column: "Start", ...spans },
  { name: "metrics_samples", ...samples },
  { name: "metrics_histograms", ...samples },
  { name: "metrics_exponential_histograms", ...samples },
  { name: "metrics_summaries", ...samples },
  { name: "metrics_exemplars", ...samples },
  { name: "metrics_series", ...descriptions },
  { name: "metrics_metadata", ...descriptions },
  ...ROLLUP_TABLES.map((name) => ({ name, ...rollups })),
  { name: "events", column: "Timestamp", days: ({ events }) => events },
];

/** The tables whose rows are a kind's: what people see of it. */
export const TABLES_OF_KIND: Readonly<Record<Kind, readonly string[]>> = {
  logs: ["otel_logs"],
  traces: ["otel_traces"],
  sampled_traces: ["otel_traces"],
  metrics: [
    "metrics_samples",
    "metrics_histograms",
    "metrics_exponential_histograms",
    "metrics_summaries",
    "metrics_exemplars",
  ],
  metric_rollups: ROLLUP_TABLES,
  events: ["events"],
};

/** Tables that have no rows of their own to show, but must be kept as long. */
export const TABLES_BESIDE_KIND: Readonly<Record<Kind, readonly string[]>> = {
  logs: ["otel_logs_attribute_keys", "otel_logs_streams"],
  traces: ["otel_traces_trace_id_ts"],
  sampled_traces: ["otel_traces_trace_id_ts"],
  metrics: ["metrics_series"],
  metric_rollups: ["metrics_series"],
  events: [],
};
