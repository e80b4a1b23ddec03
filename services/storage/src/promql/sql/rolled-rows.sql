-- What was kept of distributions in place of all of them.
SELECT
    Fingerprint AS fingerprint,
    toFloat64(toUnixTimestamp64Milli(Timestamp)) AS time,
    toFloat64(Weight) AS weight,
{{columns}}
FROM {{table}} FINAL
WHERE
    Tenant = {tenant:String}
    AND MetricName IN {metrics:Array(String)}
    AND Bucket >= toDateTime({bucketFrom:UInt32})
    AND Bucket < toDateTime({bucketUntil:UInt32})
{{seen}}
{{selected}}
ORDER BY Tenant, MetricName, Fingerprint, Bucket, Part
