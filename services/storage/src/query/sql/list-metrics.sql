SELECT
    MetricName AS name,
    any(Type) AS type,
    any(Unit) AS unit,
    anyLast(Description) AS description,
    uniqExact(Fingerprint) AS seriesCount,
    arraySlice(
        arraySort(groupUniqArrayArray(arrayConcat(mapKeys(Attributes), mapKeys(ResourceAttributes)))), 1, 100) AS labelNames
FROM metrics_series
WHERE
    Tenant = {tenant:String}
    AND LastSeen >= fromUnixTimestamp64Nano({start:Int64} - {seenLagNanos:Int64})
    AND FirstSeen < fromUnixTimestamp64Nano({end:Int64} + {seenLagNanos:Int64})
    AND ({nameContains:String} = '' OR positionCaseInsensitiveUTF8(MetricName, {nameContains:String}) > 0)
    AND MetricName > {after:String}
GROUP BY MetricName
ORDER BY MetricName
LIMIT {limit:UInt32}
