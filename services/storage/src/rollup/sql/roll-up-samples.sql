-- A bucket is open at its start, as the ranges of queries are.
INSERT INTO metrics_rollup_5m
    (Tenant, MetricName, Fingerprint, Bucket, Samples, Count, Min, Max, Sum, First, Last, FirstTime, LastTime, Increase, StaleTime, Version)
SELECT
    Tenant, MetricName, Fingerprint, Bucket, Samples, Count, Min, Max, Sum, First, Last, FirstTime, LastTime, Increase,
    StaleTime, {version:UInt64}
FROM
(
    SELECT
        Tenant,
        MetricName,
        Fingerprint,
        toDateTime(intDiv(toUnixTimestamp64Milli(Timestamp) - 1, 300000) * 300) AS Bucket,
{{rolled}}
    FROM metrics_samples
    WHERE
{{within}}
    GROUP BY Tenant, MetricName, Fingerprint, Bucket
)
