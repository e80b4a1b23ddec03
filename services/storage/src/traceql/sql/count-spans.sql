-- How many spans of a time there are of a kind.
SELECT count() AS spans
FROM otel_traces
WHERE
    Tenant = {tenant:String}
    AND Timestamp >= fromUnixTimestamp64Nano({start:Int64})
    AND Timestamp < fromUnixTimestamp64Nano({end:Int64})
    -- Named for the sort key, as in log-conditions.sql.
    AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(fromUnixTimestamp64Nano({start:Int64}))
    AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(fromUnixTimestamp64Nano(least({end:Int64}, 4294967295000000000)))
    AND ({{spans}})
