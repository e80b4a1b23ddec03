SELECT toFloat64(intDiv(toUnixTimestamp64Nano(Timestamp), {stepNs:Int64})) AS step, toFloat64(count()) AS lines
FROM otel_logs
{{selected}}
GROUP BY step
