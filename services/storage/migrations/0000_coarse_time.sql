-- The tables of 0000_log_granules.sql and 0002_traces.sql, made before them where there are none yet, with what cannot be
-- changed afterwards: their rows are ordered by the minute, not by the nanosecond.
--
-- Records come a second and more after they happened, so that what is inserted one after the other overlaps in time. Ordered
-- by the nanosecond a merge takes a row from here and a row from there, on which it spends up to half of its time, and rows that
-- came together, which are alike, are torn apart. Ordered by the minute it takes all at once that a part has of a service's minute.
-- When the rows of a granule happened an index says, and more exactly than a key with services in front of the time.
-- A table that is there already keeps its order, and answers the same.
CREATE TABLE IF NOT EXISTS otel_logs
(
    Tenant LowCardinality(String) DEFAULT 'default' CODEC(ZSTD(1)),
    Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    TraceId String CODEC(ZSTD(1)),
    SpanId String CODEC(ZSTD(1)),
    TraceFlags UInt8,
    SeverityText LowCardinality(String) CODEC(ZSTD(1)),
    SeverityNumber UInt8,
    ServiceName LowCardinality(String) CODEC(ZSTD(1)),
    Body String CODEC(ZSTD(1)),
    ResourceSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
    ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    ScopeSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
    ScopeName String CODEC(ZSTD(1)),
    ScopeVersion LowCardinality(String) CODEC(ZSTD(1)),
    ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    LogAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    EventName String CODEC(ZSTD(1)),
    -- Grows within an insert, so that it takes next to nothing compressed.
    Id UInt64 DEFAULT generateSnowflakeID() CODEC(Delta(8), ZSTD(1)),
    ResourceAttributesKeys Array(LowCardinality(String)) ALIAS mapKeys(ResourceAttributes),
    ScopeAttributesKeys Array(LowCardinality(String)) ALIAS mapKeys(ScopeAttributes),
    LogAttributesKeys Array(LowCardinality(String)) ALIAS mapKeys(LogAttributes),
    INDEX idx_time Timestamp TYPE minmax GRANULARITY 1,
    INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
    -- Over the lower-case text rather than with a preprocessor: a query means the same with and without the index.
    INDEX idx_body lowerUTF8(Body) TYPE text(tokenizer = splitByNonAlpha),
    INDEX idx_attribute_keys arrayConcat(mapKeys(LogAttributes), mapKeys(ResourceAttributes)) TYPE text(tokenizer = array),
    -- A text index over the values would find them faster but be larger than the values themselves.
    INDEX idx_attribute_values arrayConcat(mapValues(LogAttributes), mapValues(ResourceAttributes)) TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (Tenant, toStartOfFiveMinutes(Timestamp), ServiceName, toStartOfMinute(Timestamp))
TTL toDateTime(Timestamp) + toIntervalDay(90)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, index_granularity = 1024;

CREATE TABLE IF NOT EXISTS otel_traces
(
    Tenant LowCardinality(String) DEFAULT 'default' CODEC(ZSTD(1)),
    Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    TraceId String CODEC(ZSTD(1)),
    SpanId String CODEC(ZSTD(1)),
    ParentSpanId String CODEC(ZSTD(1)),
    TraceState String CODEC(ZSTD(1)),
    SpanName LowCardinality(String) CODEC(ZSTD(1)),
    SpanKind LowCardinality(String) CODEC(ZSTD(1)),
    ServiceName LowCardinality(String) CODEC(ZSTD(1)),
    ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    ScopeName String CODEC(ZSTD(1)),
    ScopeVersion String CODEC(ZSTD(1)),
    SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    Duration UInt64 CODEC(ZSTD(1)),
    StatusCode LowCardinality(String) CODEC(ZSTD(1)),
    StatusMessage String CODEC(ZSTD(1)),
    Events Nested
    (
        Timestamp DateTime64(9),
        Name LowCardinality(String),
        Attributes Map(LowCardinality(String), String)
    ) CODEC(ZSTD(1)),
    Links Nested
    (
        TraceId String,
        SpanId String,
        TraceState String,
        Attributes Map(LowCardinality(String), String)
    ) CODEC(ZSTD(1)),
    ResourceAttributesKeys Array(LowCardinality(String)) ALIAS mapKeys(ResourceAttributes),
    SpanAttributesKeys Array(LowCardinality(String)) ALIAS mapKeys(SpanAttributes),
    INDEX idx_time Timestamp TYPE minmax GRANULARITY 1,
    INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_duration Duration TYPE minmax GRANULARITY 1,
    INDEX idx_attribute_keys arrayConcat(mapKeys(SpanAttributes), mapKeys(ResourceAttributes)) TYPE text(tokenizer = array),
    INDEX idx_attribute_values arrayConcat(mapValues(SpanAttributes), mapValues(ResourceAttributes)) TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (Tenant, toStartOfFiveMinutes(Timestamp), ServiceName, SpanName, toStartOfMinute(Timestamp))
TTL toDateTime(Timestamp) + toIntervalDay(7)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;
