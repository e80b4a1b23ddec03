-- In no order: who sorts them has less to do than a merge of all parts row by row. A sample takes 14 bytes, since a series is
-- told by its place in the block's dictionary and a time by the milliseconds since the first.
SELECT
    toLowCardinality(Fingerprint) AS fingerprint,
    toUInt32(toUnixTimestamp64Milli(Timestamp) - {startMs:Int64}) AS time,
    Value AS value
FROM metrics_samples
WHERE
    Tenant = {tenant:String}
    AND MetricName IN {metrics:Array(String)}
    AND Timestamp >= fromUnixTimestamp64Milli({startMs:Int64})
    AND Timestamp <= fromUnixTimestamp64Milli({endMs:Int64})
{{selected}}
SETTINGS low_cardinality_allow_in_native_format = 1
