-- What is left of samples when they are gone: the samples of 5 minutes, or of an hour, of one series. The increase is of
-- a counter within the bucket, what it lost by starting again put back; what it grew by between two buckets follows from
-- the last value of one and the first of the next, so that a bucket depends on nothing but its own samples and may be
-- computed again. Of rows for the same bucket the one with the highest version counts.
CREATE TABLE IF NOT EXISTS metrics_rollup_5m
(
    Tenant LowCardinality(String) CODEC(ZSTD(1)),
    MetricName LowCardinality(String) CODEC(ZSTD(1)),
    Fingerprint UInt64 CODEC(Delta(8), ZSTD(1)),
    Bucket DateTime CODEC(Delta(4), ZSTD(1)),
    -- All samples, and those that are numbers: markers of an end are not.
    Samples UInt32 CODEC(T64, ZSTD(1)),
    Count UInt32 CODEC(T64, ZSTD(1)),
    Min Float64 CODEC(ZSTD(1)),
    Max Float64 CODEC(ZSTD(1)),
    Sum Float64 CODEC(ZSTD(1)),
    First Float64 CODEC(ZSTD(1)),
    Last Float64 CODEC(ZSTD(1)),
    FirstTime DateTime64(3) CODEC(Delta(8), ZSTD(1)),
    LastTime DateTime64(3) CODEC(Delta(8), ZSTD(1)),
    Increase Float64 CODEC(ZSTD(1)),
    Version UInt64 CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(Version)
PARTITION BY toYYYYMM(Bucket)
ORDER BY (Tenant, MetricName, Fingerprint, Bucket)
TTL toStartOfDay(Bucket) + toIntervalDay(366)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS metrics_rollup_1h AS metrics_rollup_5m
ENGINE = ReplacingMergeTree(Version)
PARTITION BY toYYYYMM(Bucket)
ORDER BY (Tenant, MetricName, Fingerprint, Bucket)
TTL toStartOfDay(Bucket) + toIntervalDay(366)
SETTINGS non_replicated_deduplication_window = 1000;

-- Up to where samples have been rolled up: beside the data, so that a copy of the one is a copy of the other.
CREATE TABLE IF NOT EXISTS metrics_rollup_progress
(
    Name LowCardinality(String),
    Until DateTime,
    Version UInt64
)
ENGINE = ReplacingMergeTree(Version)
ORDER BY Name;
