SELECT DISTINCT arrayJoin(mapKeys(Attributes)) AS name
FROM metrics_series
WHERE
    Tenant = {tenant:String}
    AND LastSeen >= fromUnixTimestamp64Milli({startMs:Int64} - {seenLagMs:Int64})
    AND FirstSeen <= fromUnixTimestamp64Milli({endMs:Int64} + {seenLagMs:Int64})
LIMIT {limit:UInt32}
