-- How many bytes of text each group of streams has in each step of time, the steps being counted from 1970; without steps all are in one.
SELECT
    toFloat64(if({stepNs:Int64} = 0, 0, intDiv(toUnixTimestamp64Nano(Timestamp), {stepNs:Int64}))) AS step,
    toFloat64(sum(length(Body))) AS bytes,
{{labels}}
FROM otel_logs
{{selected}}
GROUP BY ALL
LIMIT {limit:UInt64}
