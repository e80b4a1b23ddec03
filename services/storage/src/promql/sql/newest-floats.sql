-- Of each series the newest sample; the mark of its end is one.
SELECT
    Fingerprint AS fingerprint,
    toUInt32(toUnixTimestamp64Milli(max(Timestamp)) - {startMs:Int64}) AS time,
    argMax(Value, Timestamp) AS value
FROM metrics_samples
WHERE
    Tenant = {tenant:String}
    AND MetricName IN {metrics:Array(String)}
    AND Timestamp >= fromUnixTimestamp64Milli({startMs:Int64})
    AND Timestamp <= fromUnixTimestamp64Milli({endMs:Int64})
{{selected}}
GROUP BY
    Fingerprint
{{later}}
