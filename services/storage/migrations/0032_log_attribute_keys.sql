-- Which keys the attributes of a tenant's log records of a day have. Whoever asks for a label, which may be written in several
-- ways, need not look through the records for it: that cost 0.1 microseconds each, as much as counting them. Beyond so many
-- keys not all are kept, and the row tells only that there are more.
CREATE TABLE IF NOT EXISTS otel_logs_attribute_keys
(
    Tenant LowCardinality(String),
    Day Date,
    ResourceKeys SimpleAggregateFunction(groupUniqArrayArray(10001), Array(String)),
    LogKeys SimpleAggregateFunction(groupUniqArrayArray(10001), Array(String))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(Day)
ORDER BY (Tenant, Day)
TTL toStartOfDay(Day) + toIntervalDay(91)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS otel_logs_attribute_keys_mv TO otel_logs_attribute_keys AS
SELECT
    Tenant,
    toDate(Timestamp) AS Day,
    groupUniqArrayArray(10001)(mapKeys(ResourceAttributes)) AS ResourceKeys,
    groupUniqArrayArray(10001)(mapKeys(LogAttributes)) AS LogKeys
FROM otel_logs
GROUP BY Tenant, Day;

-- Those of the records that were there before.
INSERT INTO otel_logs_attribute_keys (Tenant, Day, ResourceKeys, LogKeys)
SELECT
    Tenant,
    toDate(Timestamp) AS Day,
    groupUniqArrayArray(10001)(mapKeys(ResourceAttributes)),
    groupUniqArrayArray(10001)(mapKeys(LogAttributes))
FROM otel_logs
GROUP BY Tenant, Day;
