    -- Besides the newest sample up to a time all that came after it: who asks for times close to each other has what each needs.
    , greatest(Timestamp, fromUnixTimestamp64Milli({newestUntilMs:Int64}))
