    -- Behind the last trace of the page before, without those that pages before had for a newer span.
    AND (Timestamp, TraceId) < (fromUnixTimestamp64Nano({fromTime:Int64}), {fromId:String})
    AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(fromUnixTimestamp64Nano(least({fromTime:Int64}, 4294967295000000000)))
    AND TraceId NOT IN (
        SELECT TraceId
        FROM otel_traces
        WHERE
{{conditions}}
            AND (Timestamp, TraceId) >= (fromUnixTimestamp64Nano({fromTime:Int64}), {fromId:String})
            AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(fromUnixTimestamp64Nano(least({fromTime:Int64}, 4294967295000000000)))
    )
