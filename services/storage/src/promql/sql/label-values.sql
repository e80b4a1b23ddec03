SELECT DISTINCT Attributes[{name:String}] AS value
FROM metrics_series
WHERE
    Tenant = {tenant:String}
    AND LastSeen >= fromUnixTimestamp64Milli({startMs:Int64} - {seenLagMs:Int64})
    AND FirstSeen <= fromUnixTimestamp64Milli({endMs:Int64} + {seenLagMs:Int64})
    AND value != ''
LIMIT {limit:UInt32}
