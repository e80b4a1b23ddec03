    -- No step of the query looks at what lies between.
    AND positiveModulo({lastSeenMs:Int64} - toInt64(toUnixTimestamp(Bucket)) * 1000, {stepMs:Int64}) < {seenMs:Int64}
