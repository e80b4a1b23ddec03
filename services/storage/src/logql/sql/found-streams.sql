-- The streams of which there are records in the range.
    Tenant = {tenant:String}
    AND Day >= toDate(fromUnixTimestamp64Nano(least({start:Int64}, 4294967295000000000)))
    AND Day <= toDate(fromUnixTimestamp64Nano(least({end:Int64}, 4294967295000000000)))
    AND StreamId IN (
        SELECT DISTINCT StreamId
        FROM otel_logs
        {{selected}})
