(
    SELECT count() > {maxDecidedStreams:UInt64}
    FROM
    (
        SELECT DISTINCT StreamId
        FROM otel_logs_streams
        WHERE
            Tenant = {tenant:String}
            AND Day >= toDate(fromUnixTimestamp64Nano(least({start:Int64}, 4294967295000000000)))
            AND Day <= toDate(fromUnixTimestamp64Nano(least({end:Int64}, 4294967295000000000)))
        LIMIT {maxDecidedStreams:UInt64} + 1
    )
)
