INSERT INTO metrics_rollup_5m
    (Tenant, MetricName, Fingerprint, Bucket, Samples, Count, Min, Max, Sum, First, Last, FirstTime, LastTime, Increase, Version)
SELECT
    Tenant, MetricName, Fingerprint, Bucket, Samples, Count, Min, Max, Sum, First, Last, FirstTime, LastTime, Increase,
    {version:UInt64}
FROM
(
    SELECT
        Tenant,
        MetricName,
        Fingerprint,
        toDateTime(intDiv(toUnixTimestamp64Milli(Timestamp), 300000) * 300) AS Bucket,
{{rolled}}
    FROM metrics_samples
    WHERE Timestamp >= toDateTime64({from:UInt32}, 3) AND Timestamp < toDateTime64({until:UInt32}, 3)
    GROUP BY Tenant, MetricName, Fingerprint, Bucket
)
