-- How many records there are that the indexes do not rule out, and how many there are at all.
SELECT
    (
        SELECT count()
        FROM otel_logs
{{conditions}}
    ) AS candidates,
    (
        SELECT count()
        FROM otel_logs
        WHERE
            Tenant = {tenant:String}
            AND Timestamp >= fromUnixTimestamp64Nano({start:Int64})
            AND Timestamp < fromUnixTimestamp64Nano({end:Int64})
            -- Named for the sort key, as in log-conditions.sql.
            AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(fromUnixTimestamp64Nano({start:Int64}))
            AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(fromUnixTimestamp64Nano(least({end:Int64}, 4294967295000000000)))
    ) AS rows
