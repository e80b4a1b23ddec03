SELECT
    toString(MetricName) AS name,
    arraySort(groupUniqArray(toString(Type))) AS types
FROM metrics_series
WHERE
    Tenant = {tenant:String}
    AND LastSeen >= fromUnixTimestamp64Milli({startMs:Int64} - {seenLagMs:Int64})
    AND FirstSeen <= fromUnixTimestamp64Milli({endMs:Int64} + {seenLagMs:Int64})
GROUP BY MetricName
ORDER BY MetricName
LIMIT {limit:UInt32}
