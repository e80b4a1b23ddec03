-- Buckets that have samples which came after they were rolled up: there are more than were counted then. Fewer there
-- are where they have been deleted since.
SELECT DISTINCT toUnixTimestamp(bucket) AS bucketSeconds
FROM
(
    SELECT Tenant, toDateTime(intDiv(toUnixTimestamp64Milli(Timestamp), 300000) * 300) AS bucket, count() AS there, 0 AS rolled
    FROM metrics_samples
    WHERE Timestamp >= toDateTime64({from:UInt32}, 3) AND Timestamp < toDateTime64({until:UInt32}, 3)
    GROUP BY Tenant, bucket
    UNION ALL
    SELECT Tenant, Bucket AS bucket, 0 AS there, sum(Samples) AS rolled
    FROM metrics_rollup_5m FINAL
    WHERE Bucket >= toDateTime({from:UInt32}) AND Bucket < toDateTime({until:UInt32})
    GROUP BY Tenant, bucket
)
GROUP BY Tenant, bucket
HAVING sum(there) > sum(rolled)
ORDER BY bucketSeconds
