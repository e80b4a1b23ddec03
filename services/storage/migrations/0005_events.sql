-- The normalised events. One with the same id and time is the same event: a sender may repeat it and it is kept once,
-- for which queries read FINAL.
CREATE TABLE IF NOT EXISTS events
(
    Tenant LowCardinality(String) CODEC(ZSTD(1)),
    Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    EventId UUID CODEC(ZSTD(1)),
    EventType LowCardinality(String) CODEC(ZSTD(1)),
    Severity Enum8('debug' = 1, 'info' = 2, 'warning' = 3, 'error' = 4, 'critical' = 5) CODEC(ZSTD(1)),
    Source LowCardinality(String) CODEC(ZSTD(1)),
    Target String CODEC(ZSTD(1)),
    Category LowCardinality(String) CODEC(ZSTD(1)),
    Title String CODEC(ZSTD(1)),
    Description String CODEC(ZSTD(1)),
    -- The text of a JSON object.
    Details String CODEC(ZSTD(1)),
    HealthScore Nullable(Float64) CODEC(ZSTD(1)),
    CpuPercent Nullable(Float64) CODEC(ZSTD(1)),
    MemoryPercent Nullable(Float64) CODEC(ZSTD(1)),
    DiskPercent Nullable(Float64) CODEC(ZSTD(1)),
    NetworkRxBytesPerSecond Nullable(Float64) CODEC(ZSTD(1)),
    NetworkTxBytesPerSecond Nullable(Float64) CODEC(ZSTD(1)),
    CorrelationId String CODEC(ZSTD(1)),
    TraceId String CODEC(ZSTD(1)),
    SpanId String CODEC(ZSTD(1)),
    UserId String CODEC(ZSTD(1)),
    SourceIp String CODEC(ZSTD(1)),
    Labels Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    ObservedTimestamp DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    INDEX idx_event_id EventId TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_text lowerUTF8(concatWithSeparator('\n', Title, Description, Details, Target, Source, EventType)) TYPE text(tokenizer = splitByNonAlpha)
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (Tenant, Timestamp, EventId)
TTL toDateTime(Timestamp) + toIntervalDay(90)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;
