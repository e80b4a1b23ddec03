-- The stream of a record, which is what its service and its resource say, as a number; and what the streams of a day are.
-- Records are then counted by a host, or found for a namespace, without reading what each of them says of its resource:
-- that cost 0.15 to 0.25 microseconds each. The number is made in the insert, of 12 microseconds that a record costs here
-- it is 0.13; it takes 2.4 bytes. Parts that were there before make it of their resources until they have it.
ALTER TABLE otel_logs ADD COLUMN IF NOT EXISTS StreamId UInt64 MATERIALIZED cityHash64(ServiceName, ResourceAttributes) CODEC(ZSTD(1));

-- Without an age limit until storage has started and sets that of the records, as for the keys of attributes.
CREATE TABLE IF NOT EXISTS otel_logs_streams
(
    Tenant LowCardinality(String),
    Day Date,
    StreamId UInt64,
    ServiceName LowCardinality(String),
    ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(Day)
ORDER BY (Tenant, Day, StreamId)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS otel_logs_streams_mv TO otel_logs_streams AS
SELECT
    Tenant,
    toDate(Timestamp) AS Day,
    StreamId,
    any(ServiceName) AS ServiceName,
    any(ResourceAttributes) AS ResourceAttributes
FROM otel_logs
GROUP BY Tenant, Day, StreamId;

-- Those of the records that were there before, day by day.
INSERT INTO otel_logs_streams (Tenant, Day, StreamId, ServiceName, ResourceAttributes)
SELECT
    Tenant,
    toDate(Timestamp) AS Day,
    StreamId,
    any(ServiceName),
    any(ResourceAttributes)
FROM otel_logs
WHERE toDate(Timestamp) = {day_of_otel_logs:Date}
GROUP BY Tenant, Day, StreamId
SETTINGS max_bytes_before_external_group_by = 1000000000;

ALTER TABLE otel_logs MATERIALIZE COLUMN StreamId;
