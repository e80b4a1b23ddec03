-- In the order of the table, so that nothing has to be sorted. Times are written as doubles, which is what they are
-- calculated with.
SELECT
    Fingerprint AS fingerprint,
    toFloat64(toUnixTimestamp64Milli(Timestamp)) AS time,
    {{columns}}
FROM {{table}}
WHERE
    Tenant = {tenant:String}
    AND MetricName IN {metrics:Array(String)}
    AND Timestamp >= fromUnixTimestamp64Milli({startMs:Int64})
    AND Timestamp <= fromUnixTimestamp64Milli({endMs:Int64})
{{selected}}
ORDER BY Tenant, MetricName, Fingerprint, Timestamp
