-- What Prometheus says of a metric apart from its samples: remote write sends it by itself, once a minute.
CREATE TABLE IF NOT EXISTS metrics_metadata
(
    Tenant LowCardinality(String) CODEC(ZSTD(1)),
    MetricName LowCardinality(String) CODEC(ZSTD(1)),
    Type LowCardinality(String) CODEC(ZSTD(1)),
    Unit LowCardinality(String) CODEC(ZSTD(1)),
    Description String CODEC(ZSTD(1)),
    LastSeen DateTime64(3) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(LastSeen)
ORDER BY (Tenant, MetricName, Type, Unit, Description)
TTL toDateTime(LastSeen) + toIntervalDay(30)
SETTINGS non_replicated_deduplication_window = 10000;
