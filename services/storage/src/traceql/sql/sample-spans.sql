-- A few of the spans that are measured, of each part of the time some. Only some steps of the sort key are looked at.
SELECT
    TraceId AS traceId,
    toUnixTimestamp64Nano(Timestamp) AS start,
    {{groups}}
    {{number}} AS number,
    -- As text, since JSON has no infinity.
    toString(number) AS value
FROM otel_traces
WHERE
    Tenant = {tenant:String}
    AND Timestamp >= fromUnixTimestamp64Nano({start:Int64})
    AND Timestamp < fromUnixTimestamp64Nano({end:Int64})
    -- Named for the sort key, as in log-conditions.sql.
    AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(fromUnixTimestamp64Nano({start:Int64}))
    AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(fromUnixTimestamp64Nano(least({end:Int64}, 4294967295000000000)))
    AND toStartOfFiveMinutes(Timestamp) IN {steps:Array(DateTime)}
    AND ({{spans}})
    AND {{kept}}
LIMIT 4 BY intDiv(start - {first:Int64}, {part:Int64})
LIMIT {limit:UInt32}
-- Examples are worth no more than that: what was not looked at has none.
SETTINGS max_rows_to_read = 2000000, read_overflow_mode = 'break'
