-- The traces with spans in the time asked for that may hold what a query looks for, those with the newest such span first.
SELECT TraceId AS traceId
FROM otel_traces
WHERE
    Tenant = {tenant:String}
    AND TraceId != ''
    AND Timestamp >= fromUnixTimestamp64Nano({start:Int64})
    AND Timestamp < fromUnixTimestamp64Nano({end:Int64})
    -- Named for the sort key, as in log-conditions.sql.
    AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(fromUnixTimestamp64Nano({start:Int64}))
    AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(fromUnixTimestamp64Nano(least({end:Int64}, 4294967295000000000)))
    AND ({{spans}})
GROUP BY TraceId
HAVING {{traces}}
ORDER BY max(Timestamp) DESC, traceId
LIMIT {limit:UInt32}
