-- Spans by interval and by what they are grouped by, with what metrics need of one number of theirs. Interval i is
-- (first + i step, first + (i + 1) step].
SELECT
    interval,
    {{names}}
    exponent,
    count() AS count,
    toString(min(number)) AS least,
    toString(max(number)) AS greatest,
    toString(sum(number)) AS total
FROM
(
    SELECT
        intDiv(toUnixTimestamp64Nano(Timestamp) - {first:Int64} - 1, {step:Int64}) AS interval,
        {{groups}}
        {{number}} AS number,
        {{exponent}} AS exponent
    FROM otel_traces
    WHERE
        Tenant = {tenant:String}
        AND Timestamp >= fromUnixTimestamp64Nano({start:Int64})
        AND Timestamp < fromUnixTimestamp64Nano({end:Int64})
        -- Named for the sort key, as in log-conditions.sql.
        AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(fromUnixTimestamp64Nano({start:Int64}))
        AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(fromUnixTimestamp64Nano(least({end:Int64}, 4294967295000000000)))
        AND ({{spans}})
)
WHERE {{kept}}
GROUP BY ALL
LIMIT {limit:UInt32}
