-- How many records there are that the indexes do not rule out, and how many there are at all.
SELECT
    (
        SELECT count()
        FROM otel_logs
        WHERE
{{conditions}}
    ) AS candidates,
    (
        SELECT count()
        FROM otel_logs
        WHERE
            Tenant = {tenant:String}
            AND Timestamp >= fromUnixTimestamp64Nano({start:Int64})
            AND Timestamp < fromUnixTimestamp64Nano({end:Int64})
    ) AS rows
