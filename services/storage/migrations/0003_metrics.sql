-- What is said about a stream of data points once: who it belongs to and what it measures. The same series is written
-- with every batch that has samples of it; merges leave one row with the first and the last moment it was seen.
CREATE TABLE IF NOT EXISTS metrics_series
(
    Tenant LowCardinality(String) CODEC(ZSTD(1)),
    MetricName LowCardinality(String) CODEC(ZSTD(1)),
    Fingerprint UInt64,
    Type SimpleAggregateFunction(any, LowCardinality(String)) CODEC(ZSTD(1)),
    Unit SimpleAggregateFunction(any, LowCardinality(String)) CODEC(ZSTD(1)),
    Description SimpleAggregateFunction(anyLast, LowCardinality(String)) CODEC(ZSTD(1)),
    Temporality SimpleAggregateFunction(any, LowCardinality(String)) CODEC(ZSTD(1)),
    IsMonotonic SimpleAggregateFunction(any, Bool) CODEC(ZSTD(1)),
    ServiceName SimpleAggregateFunction(any, LowCardinality(String)) CODEC(ZSTD(1)),
    -- Aggregate functions give maps of plain strings.
    Attributes SimpleAggregateFunction(any, Map(String, String)) CODEC(ZSTD(1)),
    ResourceAttributes SimpleAggregateFunction(any, Map(String, String)) CODEC(ZSTD(1)),
    ResourceSchemaUrl SimpleAggregateFunction(any, LowCardinality(String)) CODEC(ZSTD(1)),
    ScopeName SimpleAggregateFunction(any, LowCardinality(String)) CODEC(ZSTD(1)),
    ScopeVersion SimpleAggregateFunction(any, LowCardinality(String)) CODEC(ZSTD(1)),
    ScopeAttributes SimpleAggregateFunction(any, Map(String, String)) CODEC(ZSTD(1)),
    ScopeSchemaUrl SimpleAggregateFunction(any, LowCardinality(String)) CODEC(ZSTD(1)),
    FirstSeen SimpleAggregateFunction(min, DateTime64(3)) CODEC(ZSTD(1)),
    LastSeen SimpleAggregateFunction(max, DateTime64(3)) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
ORDER BY (Tenant, MetricName, Fingerprint)
TTL toDateTime(LastSeen) + toIntervalDay(30)
SETTINGS non_replicated_deduplication_window = 10000;

-- Numbers, some 2 bytes each: times and values compress better by Delta and ZSTD than by DoubleDelta and Gorilla as
-- soon as scrapes jitter (0.6 to 0.9 and 3.7 to 4.2 bytes of 1000 host-like series).
CREATE TABLE IF NOT EXISTS metrics_samples
(
    Tenant LowCardinality(String) CODEC(ZSTD(1)),
    MetricName LowCardinality(String) CODEC(ZSTD(1)),
    Fingerprint UInt64 CODEC(Delta(8), ZSTD(1)),
    StartTimestamp DateTime64(3) CODEC(Delta(8), ZSTD(1)),
    Timestamp DateTime64(3) CODEC(Delta(8), ZSTD(1)),
    Value Float64 CODEC(Delta(8), ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (Tenant, MetricName, Fingerprint, Timestamp)
TTL toDateTime(Timestamp) + toIntervalDay(30)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS metrics_histograms
(
    Tenant LowCardinality(String) CODEC(ZSTD(1)),
    MetricName LowCardinality(String) CODEC(ZSTD(1)),
    Fingerprint UInt64 CODEC(Delta(8), ZSTD(1)),
    StartTimestamp DateTime64(3) CODEC(Delta(8), ZSTD(1)),
    Timestamp DateTime64(3) CODEC(Delta(8), ZSTD(1)),
    Flags UInt32 CODEC(ZSTD(1)),
    Count UInt64 CODEC(Delta(8), ZSTD(1)),
    Sum Float64 CODEC(Delta(8), ZSTD(1)),
    Min Float64 CODEC(ZSTD(1)),
    Max Float64 CODEC(ZSTD(1)),
    BucketCounts Array(UInt64) CODEC(ZSTD(1)),
    ExplicitBounds Array(Float64) CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (Tenant, MetricName, Fingerprint, Timestamp)
TTL toDateTime(Timestamp) + toIntervalDay(30)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS metrics_exponential_histograms
(
    Tenant LowCardinality(String) CODEC(ZSTD(1)),
    MetricName LowCardinality(String) CODEC(ZSTD(1)),
    Fingerprint UInt64 CODEC(Delta(8), ZSTD(1)),
    StartTimestamp DateTime64(3) CODEC(Delta(8), ZSTD(1)),
    Timestamp DateTime64(3) CODEC(Delta(8), ZSTD(1)),
    Flags UInt32 CODEC(ZSTD(1)),
    Count UInt64 CODEC(Delta(8), ZSTD(1)),
    Sum Float64 CODEC(Delta(8), ZSTD(1)),
    Min Float64 CODEC(ZSTD(1)),
    Max Float64 CODEC(ZSTD(1)),
    Scale Int32 CODEC(ZSTD(1)),
    ZeroCount UInt64 CODEC(ZSTD(1)),
    ZeroThreshold Float64 CODEC(ZSTD(1)),
    PositiveOffset Int32 CODEC(ZSTD(1)),
    PositiveBucketCounts Array(UInt64) CODEC(ZSTD(1)),
    NegativeOffset Int32 CODEC(ZSTD(1)),
    NegativeBucketCounts Array(UInt64) CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (Tenant, MetricName, Fingerprint, Timestamp)
TTL toDateTime(Timestamp) + toIntervalDay(30)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS metrics_summaries
(
    Tenant LowCardinality(String) CODEC(ZSTD(1)),
    MetricName LowCardinality(String) CODEC(ZSTD(1)),
    Fingerprint UInt64 CODEC(Delta(8), ZSTD(1)),
    StartTimestamp DateTime64(3) CODEC(Delta(8), ZSTD(1)),
    Timestamp DateTime64(3) CODEC(Delta(8), ZSTD(1)),
    Flags UInt32 CODEC(ZSTD(1)),
    Count UInt64 CODEC(Delta(8), ZSTD(1)),
    Sum Float64 CODEC(Delta(8), ZSTD(1)),
    Quantiles Array(Float64) CODEC(ZSTD(1)),
    Values Array(Float64) CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (Tenant, MetricName, Fingerprint, Timestamp)
TTL toDateTime(Timestamp) + toIntervalDay(30)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS metrics_exemplars
(
    Tenant LowCardinality(String) CODEC(ZSTD(1)),
    MetricName LowCardinality(String) CODEC(ZSTD(1)),
    Fingerprint UInt64 CODEC(Delta(8), ZSTD(1)),
    Timestamp DateTime64(3) CODEC(Delta(8), ZSTD(1)),
    Value Float64 CODEC(ZSTD(1)),
    TraceId String CODEC(ZSTD(1)),
    SpanId String CODEC(ZSTD(1)),
    FilteredAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (Tenant, MetricName, Fingerprint, Timestamp)
TTL toDateTime(Timestamp) + toIntervalDay(30)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;
