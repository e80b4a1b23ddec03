    AND toStartOfFiveMinutes(Timestamp) IN {steps:Array(DateTime)}
