-- What came after its bucket was rolled up, and is not rolled up again yet: it has been quiet for a while, or is not any more
-- what was handled some time ago.
SELECT
    Tenant AS tenant,
    toUnixTimestamp(Bucket) AS bucketSeconds,
    toUnixTimestamp64Milli(max(Arrived)) AS arrivedMs
FROM metrics_rollup_late
WHERE
    Source = {source:String}
    AND Bucket < toDateTime({until:UInt32})
GROUP BY Tenant, Bucket
HAVING
    max(Arrived) > max(Handled)
    AND max(Arrived) >= fromUnixTimestamp64Milli((toInt64(toUnixTimestamp(Bucket)) + 300) * 1000 + {closedAfterMs:Int64})
    AND (
        max(Arrived) < fromUnixTimestamp64Milli({quietMs:Int64})
        OR max(Handled) < fromUnixTimestamp64Milli({dueMs:Int64}))
ORDER BY bucketSeconds, tenant
LIMIT {limit:UInt32}
