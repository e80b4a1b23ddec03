-- One in so many lines: always the same ones, wherever they lie.
SELECT toFloat64(intDiv(toUnixTimestamp64Nano(Timestamp), {stepNs:Int64})) AS step, Body AS body
FROM otel_logs
{{selected}}
    AND intHash64(Id) % {oneIn:UInt64} = 0
LIMIT {limit:UInt64}
