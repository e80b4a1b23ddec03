SELECT
    Fingerprint AS fingerprint,
    toFloat64(toUnixTimestamp64Milli(Timestamp)) AS time,
    Value AS value,
    TraceId AS traceId,
    SpanId AS spanId,
    FilteredAttributes AS attributes
FROM metrics_exemplars
WHERE
    Tenant = {tenant:String}
    AND MetricName IN {metrics:Array(String)}
    AND Timestamp >= fromUnixTimestamp64Milli({startMs:Int64})
    AND Timestamp <= fromUnixTimestamp64Milli({endMs:Int64})
{{selected}}
ORDER BY Timestamp DESC, MetricName, Fingerprint
LIMIT {limit:UInt32}
