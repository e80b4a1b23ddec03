    toFloat64(toUnixTimestamp64Milli(FirstTime)) AS firstTime,
    toFloat64(toUnixTimestamp64Milli(LastTime)) AS lastTime,
    toFloat64(Count) AS count,
    Min AS min,
    Max AS max,
    Sum AS sum
