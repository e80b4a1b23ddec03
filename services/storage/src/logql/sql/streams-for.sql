-- Which streams it are, decided once for each of the days' streams; or, where there are many, by what each record says.
(StreamId IN (
    SELECT StreamId
    FROM otel_logs_streams
    WHERE
        Tenant = {tenant:String}
        AND Day >= toDate(fromUnixTimestamp64Nano(least({start:Int64}, 4294967295000000000)))
        AND Day <= toDate(fromUnixTimestamp64Nano(least({end:Int64}, 4294967295000000000)))
        AND NOT {{areMany}}
        AND {{matchers}})
    OR ({{areMany}}
        AND {{matchers}}))
