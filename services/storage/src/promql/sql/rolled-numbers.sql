-- Buckets of numbers in place of their samples, in the order of the table.
SELECT
    Fingerprint AS fingerprint,
{{columns}}
FROM {{table}} FINAL
WHERE
    Tenant = {tenant:String}
    AND MetricName IN {metrics:Array(String)}
    AND Bucket >= toDateTime({bucketFrom:UInt32})
    AND Bucket < toDateTime({bucketUntil:UInt32})
{{seen}}
{{selected}}
ORDER BY Tenant, MetricName, Fingerprint, Bucket
