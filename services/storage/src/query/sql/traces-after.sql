    -- Behind the last trace of the page before.
    AND (Timestamp, TraceId) < (fromUnixTimestamp64Nano({fromTime:Int64}), {fromId:String})
    AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(fromUnixTimestamp64Nano(least({fromTime:Int64}, 4294967295000000000)))
