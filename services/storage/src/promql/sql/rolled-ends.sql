    toFloat64(toUnixTimestamp64Milli(FirstTime)) AS firstTime,
    First AS first,
    toFloat64(toUnixTimestamp64Milli(LastTime)) AS lastTime,
    Last AS last,
    toFloat64(toUnixTimestamp64Milli(StaleTime)) AS staleTime,
    toFloat64(Count) AS count
