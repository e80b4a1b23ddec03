-- The streams of the days, the number of the label's value for each of them, and the values by their numbers, from 1.
(
    SELECT (groupArray(id), arrayEnumerateDense(groupArray(text)), arrayDistinct(groupArray(text)))
    FROM
    (
        SELECT StreamId AS id, any({{value}}) AS text
        FROM otel_logs_streams
        WHERE
            Tenant = {tenant:String}
            AND Day >= toDate(fromUnixTimestamp64Nano(least({start:Int64}, 4294967295000000000)))
            AND Day <= toDate(fromUnixTimestamp64Nano(least({end:Int64}, 4294967295000000000)))
        GROUP BY id
    )
) AS {{name}}
