/**
 * The ClickHouse tables that OTLP is kept in: for each table its columns, by name, in the order and with the types in
 * which the transcoders write them. The migrations of storage create tables with (at least) these columns; columns
 * beside them must have a DEFAULT, MATERIALIZED or ALIAS expression. An insert names the columns it carries.
 *
 * `otel_logs` and `otel_traces` keep the names, types and spellings of opentelemetry-collector-contrib
 * `exporter/clickhouseexporter` >= 0.151, with `Tenant` before them. Metrics are our own: a row in `metrics_series` for
 * each stream of data points and narrow rows beside it that refer to it by `Fingerprint`.
 *
 * What the values are:
 * - `Tenant` is the tenant of the message; it leads every sort key.
 * - Ids are lower-case hex, "" when unset.
 * - `Attributes` maps hold text: strings as they are; integers, doubles and booleans as JSON writes them; arrays, maps
 *   and bytes as JSON (bytes in base64). Of a key that occurs twice both entries are kept; readers see the first.
 * - `SpanKind` is Unspecified, Internal, Server, Client, Producer or Consumer; `StatusCode` Unset, Ok or Error.
 * - `Duration` is in nanoseconds and 0 when the span ends before it starts.
 * - A log's `Timestamp` is its time, else its observed time, else when the message was received.
 * - `SeverityText` is the sender's, else derived from the number (TRACE … FATAL4), else "".
 * - A series' `Fingerprint` is a hash of everything that tells it from others: name, type, unit, temporality,
 *   monotonicity, resource attributes, scope, attributes. It does not depend on the order of attributes, nor on the
 *   tenant: (Tenant, Fingerprint) is the identity. `metrics_series` wants an engine that merges rows of one (Tenant,
 *   MetricName, Fingerprint), `FirstSeen` by min and `LastSeen` by max: the same series is written again and again.
 * - `Type` is gauge, sum, histogram, exponential_histogram or summary; `Temporality` unspecified, delta or cumulative.
 * - A sample without a recorded value is the stale marker of Prometheus, NaN of the bits 0x7ff0000000000002.
 * - `Sum`, `Min` and `Max` of histograms are NaN when the sender left them out.
 * - Bucket `i` of an exponential histogram's `PositiveBucketCounts` has the index `PositiveOffset + i`.
 * - `Flags` of histograms are those of OTLP and, above them, ours (`point-flags.ts`): a native histogram of Prometheus may
 *   count in doubles; then `Count`, `ZeroCount` and the bucket counts are their bits.
 * - `metrics_metadata` has what Prometheus says of a metric: `Type` is its own word (counter, info, unknown …), `Unit` and
 *   `Description` are literal. It wants an engine that keeps one row of those that are alike but for `LastSeen`.
 */
export const TABLES = {
  otel_logs: {
    Tenant: "LowCardinality(String)",
    Timestamp: "DateTime64(9)",
    TraceId: "String",
    SpanId: "String",
    TraceFlags: "UInt8",
    SeverityText: "LowCardinality(String)",
    SeverityNumber: "UInt8",
    ServiceName: "LowCardinality(String)",
    Body: "String",
    ResourceSchemaUrl: "LowCardinality(String)",
    ResourceAttributes: "Map(LowCardinality(String), String)",
    ScopeSchemaUrl: "LowCardinality(String)",
    ScopeName: "String",
    ScopeVersion: "LowCardinality(String)",
    ScopeAttributes: "Map(LowCardinality(String), String)",
    LogAttributes: "Map(LowCardinality(String), String)",
    EventName: "String",
  },
  otel_traces: {
    Tenant: "LowCardinality(String)",
    Timestamp: "DateTime64(9)",
    TraceId: "String",
    SpanId: "String",
    ParentSpanId: "String",
    TraceState: "String",
    SpanName: "LowCardinality(String)",
    SpanKind: "LowCardinality(String)",
    ServiceName: "LowCardinality(String)",
    ResourceAttributes: "Map(LowCardinality(String), String)",
    ScopeName: "String",
    ScopeVersion: "String",
    SpanAttributes: "Map(LowCardinality(String), String)",
    Duration: "UInt64",
    StatusCode: "LowCardinality(String)",
    StatusMessage: "String",
    "Events.Timestamp": "Array(DateTime64(9))",
    "Events.Name": "Array(LowCardinality(String))",
    "Events.Attributes": "Array(Map(LowCardinality(String), String))",
    "Links.TraceId": "Array(String)",
    "Links.SpanId": "Array(String)",
    "Links.TraceState": "Array(String)",
    "Links.Attributes": "Array(Map(LowCardinality(String), String))",
  },
  metrics_series: {
    Tenant: "LowCardinality(String)",
    MetricName: "LowCardinality(String)",
    Fingerprint: "UInt64",
    Type: "LowCardinality(String)",
    Unit: "LowCardinality(String)",
    Description: "LowCardinality(String)",
    Temporality: "LowCardinality(String)",
    IsMonotonic: "Bool",
    ServiceName: "LowCardinality(String)",
    Attributes: "Map(LowCardinality(String), String)",
    ResourceAttributes: "Map(LowCardinality(String), String)",
    ResourceSchemaUrl: "LowCardinality(String)",
    ScopeName: "LowCardinality(String)",
    ScopeVersion: "LowCardinality(String)",
    ScopeAttributes: "Map(LowCardinality(String), String)",
    ScopeSchemaUrl: "LowCardinality(String)",
    FirstSeen: "DateTime64(3)",
    LastSeen: "DateTime64(3)",
  },
  metrics_samples: {
    Tenant: "LowCardinality(String)",
    MetricName: "LowCardinality(String)",
    Fingerprint: "UInt64",
    StartTimestamp: "DateTime64(3)",
    Timestamp: "DateTime64(3)",
    Value: "Float64",
  },
  metrics_histograms: {
    Tenant: "LowCardinality(String)",
    MetricName: "LowCardinality(String)",
    Fingerprint: "UInt64",
    StartTimestamp: "DateTime64(3)",
    Timestamp: "DateTime64(3)",
    Flags: "UInt32",
    Count: "UInt64",
    Sum: "Float64",
    Min: "Float64",
    Max: "Float64",
    BucketCounts: "Array(UInt64)",
    ExplicitBounds: "Array(Float64)",
  },
  metrics_exponential_histograms: {
    Tenant: "LowCardinality(String)",
    MetricName: "LowCardinality(String)",
    Fingerprint: "UInt64",
    StartTimestamp: "DateTime64(3)",
    Timestamp: "DateTime64(3)",
    Flags: "UInt32",
    Count: "UInt64",
    Sum: "Float64",
    Min: "Float64",
    Max: "Float64",
    Scale: "Int32",
    ZeroCount: "UInt64",
    ZeroThreshold: "Float64",
    PositiveOffset: "Int32",
    PositiveBucketCounts: "Array(UInt64)",
    NegativeOffset: "Int32",
    NegativeBucketCounts: "Array(UInt64)",
  },
  metrics_summaries: {
    Tenant: "LowCardinality(String)",
    MetricName: "LowCardinality(String)",
    Fingerprint: "UInt64",
    StartTimestamp: "DateTime64(3)",
    Timestamp: "DateTime64(3)",
    Flags: "UInt32",
    Count: "UInt64",
    Sum: "Float64",
    Quantiles: "Array(Float64)",
    Values: "Array(Float64)",
  },
  metrics_exemplars: {
    Tenant: "LowCardinality(String)",
    MetricName: "LowCardinality(String)",
    Fingerprint: "UInt64",
    Timestamp: "DateTime64(3)",
    Value: "Float64",
    TraceId: "String",
    SpanId: "String",
    FilteredAttributes: "Map(LowCardinality(String), String)",
  },
  metrics_metadata: {
    Tenant: "LowCardinality(String)",
    MetricName: "LowCardinality(String)",
    Type: "LowCardinality(String)",
    Unit: "LowCardinality(String)",
    Description: "String",
    LastSeen: "DateTime64(3)",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The name of a table that OTLP is kept in. */
export type TableName = keyof typeof TABLES;
