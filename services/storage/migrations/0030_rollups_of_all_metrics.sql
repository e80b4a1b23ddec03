-- When a series was marked as ended behind the last number of a bucket; 1970 where it was not.
ALTER TABLE metrics_rollup_5m ADD COLUMN IF NOT EXISTS StaleTime DateTime64(3) CODEC(ZSTD(1));
ALTER TABLE metrics_rollup_1h ADD COLUMN IF NOT EXISTS StaleTime DateTime64(3) CODEC(ZSTD(1));

-- What is left of histograms and summaries when they are gone. Of totals these are rows as they were: the first and the
-- last of a bucket, and those on either side of a restart, so that what they grew by is as it was. Deltas are added up. Each row
-- has the number of those that it stands for: itself and what was left out before it. Of rows for the same part of a bucket
-- the one with the highest version counts; computed again, a bucket never has fewer parts.
CREATE TABLE IF NOT EXISTS metrics_histograms_rollup_5m
(
    Tenant LowCardinality(String) CODEC(ZSTD(1)),
    MetricName LowCardinality(String) CODEC(ZSTD(1)),
    Fingerprint UInt64 CODEC(Delta(8), ZSTD(1)),
    Bucket DateTime CODEC(Delta(4), ZSTD(1)),
    Part UInt16 CODEC(ZSTD(1)),
    Weight UInt32 CODEC(T64, ZSTD(1)),
    Timestamp DateTime64(3) CODEC(Delta(8), ZSTD(1)),
    Flags UInt32 CODEC(ZSTD(1)),
    Count UInt64 CODEC(Delta(8), ZSTD(1)),
    Sum Float64 CODEC(Delta(8), ZSTD(1)),
    Min Float64 CODEC(ZSTD(1)),
    Max Float64 CODEC(ZSTD(1)),
    BucketCounts Array(UInt64) CODEC(ZSTD(1)),
    ExplicitBounds Array(Float64) CODEC(ZSTD(1)),
    Version UInt64 CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(Version)
PARTITION BY toYYYYMM(Bucket)
ORDER BY (Tenant, MetricName, Fingerprint, Bucket, Part)
TTL toStartOfDay(Bucket) + toIntervalDay(366)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS metrics_histograms_rollup_1h AS metrics_histograms_rollup_5m
ENGINE = ReplacingMergeTree(Version)
PARTITION BY toYYYYMM(Bucket)
ORDER BY (Tenant, MetricName, Fingerprint, Bucket, Part)
TTL toStartOfDay(Bucket) + toIntervalDay(366)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS metrics_exponential_histograms_rollup_5m
(
    Tenant LowCardinality(String) CODEC(ZSTD(1)),
    MetricName LowCardinality(String) CODEC(ZSTD(1)),
    Fingerprint UInt64 CODEC(Delta(8), ZSTD(1)),
    Bucket DateTime CODEC(Delta(4), ZSTD(1)),
    Part UInt16 CODEC(ZSTD(1)),
    Weight UInt32 CODEC(T64, ZSTD(1)),
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
    NegativeBucketCounts Array(UInt64) CODEC(ZSTD(1)),
    Version UInt64 CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(Version)
PARTITION BY toYYYYMM(Bucket)
ORDER BY (Tenant, MetricName, Fingerprint, Bucket, Part)
TTL toStartOfDay(Bucket) + toIntervalDay(366)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS metrics_exponential_histograms_rollup_1h AS metrics_exponential_histograms_rollup_5m
ENGINE = ReplacingMergeTree(Version)
PARTITION BY toYYYYMM(Bucket)
ORDER BY (Tenant, MetricName, Fingerprint, Bucket, Part)
TTL toStartOfDay(Bucket) + toIntervalDay(366)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS metrics_summaries_rollup_5m
(
    Tenant LowCardinality(String) CODEC(ZSTD(1)),
    MetricName LowCardinality(String) CODEC(ZSTD(1)),
    Fingerprint UInt64 CODEC(Delta(8), ZSTD(1)),
    Bucket DateTime CODEC(Delta(4), ZSTD(1)),
    Part UInt16 CODEC(ZSTD(1)),
    Weight UInt32 CODEC(T64, ZSTD(1)),
    Timestamp DateTime64(3) CODEC(Delta(8), ZSTD(1)),
    Flags UInt32 CODEC(ZSTD(1)),
    Count UInt64 CODEC(Delta(8), ZSTD(1)),
    Sum Float64 CODEC(Delta(8), ZSTD(1)),
    Quantiles Array(Float64) CODEC(ZSTD(1)),
    Values Array(Float64) CODEC(ZSTD(1)),
    Version UInt64 CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(Version)
PARTITION BY toYYYYMM(Bucket)
ORDER BY (Tenant, MetricName, Fingerprint, Bucket, Part)
TTL toStartOfDay(Bucket) + toIntervalDay(366)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS metrics_summaries_rollup_1h AS metrics_summaries_rollup_5m
ENGINE = ReplacingMergeTree(Version)
PARTITION BY toYYYYMM(Bucket)
ORDER BY (Tenant, MetricName, Fingerprint, Bucket, Part)
TTL toStartOfDay(Bucket) + toIntervalDay(366)
SETTINGS non_replicated_deduplication_window = 1000;

-- Up to where distributions have been rolled up: a table of its own, since an older program reads every row of the other one.
CREATE TABLE IF NOT EXISTS metrics_distribution_rollup_progress
(
    Name LowCardinality(String),
    Until DateTime,
    Version UInt64
)
ENGINE = ReplacingMergeTree(Version)
ORDER BY Name;

-- The buckets of five minutes for which something came after they had ended: what of it was too late to be rolled up with
-- the rest is rolled up again. Arrived is when the newest of it came, Handled what of that is done.
CREATE TABLE IF NOT EXISTS metrics_rollup_late
(
    Source LowCardinality(String),
    Tenant LowCardinality(String),
    Bucket DateTime,
    Arrived SimpleAggregateFunction(max, DateTime64(3)),
    Handled SimpleAggregateFunction(max, DateTime64(3))
)
ENGINE = AggregatingMergeTree
ORDER BY (Source, Bucket, Tenant)
TTL Bucket + toIntervalDay(366)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS metrics_samples_late TO metrics_rollup_late AS
SELECT
    'metrics_samples' AS Source,
    Tenant,
    toDateTime(intDiv(toUnixTimestamp64Milli(Timestamp) - 1, 300000) * 300) AS Bucket,
    now64(3) AS Arrived
FROM metrics_samples
WHERE Timestamp <= toStartOfFiveMinutes(now())
GROUP BY Tenant, Bucket;

CREATE MATERIALIZED VIEW IF NOT EXISTS metrics_histograms_late TO metrics_rollup_late AS
SELECT
    'metrics_histograms' AS Source,
    Tenant,
    toDateTime(intDiv(toUnixTimestamp64Milli(Timestamp) - 1, 300000) * 300) AS Bucket,
    now64(3) AS Arrived
FROM metrics_histograms
WHERE Timestamp <= toStartOfFiveMinutes(now())
GROUP BY Tenant, Bucket;

CREATE MATERIALIZED VIEW IF NOT EXISTS metrics_exponential_histograms_late TO metrics_rollup_late AS
SELECT
    'metrics_exponential_histograms' AS Source,
    Tenant,
    toDateTime(intDiv(toUnixTimestamp64Milli(Timestamp) - 1, 300000) * 300) AS Bucket,
    now64(3) AS Arrived
FROM metrics_exponential_histograms
WHERE Timestamp <= toStartOfFiveMinutes(now())
GROUP BY Tenant, Bucket;

CREATE MATERIALIZED VIEW IF NOT EXISTS metrics_summaries_late TO metrics_rollup_late AS
SELECT
    'metrics_summaries' AS Source,
    Tenant,
    toDateTime(intDiv(toUnixTimestamp64Milli(Timestamp) - 1, 300000) * 300) AS Bucket,
    now64(3) AS Arrived
FROM metrics_summaries
WHERE Timestamp <= toStartOfFiveMinutes(now())
GROUP BY Tenant, Bucket;
