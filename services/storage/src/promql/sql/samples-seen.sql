    -- No step of the query looks at what lies between.
    AND positiveModulo({lastSeenMs:Int64} - toUnixTimestamp64Milli(Timestamp), {stepMs:Int64}) < {seenMs:Int64}
