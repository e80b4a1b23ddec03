SELECT
    intDiv(toUnixTimestamp64Nano(Timestamp), {bucketNanos:Int64}) AS bucket,
    count() AS count,
    countIf(SeverityNumber >= 17) AS errorCount
FROM otel_logs
{{conditions}}
{{sampled}}
GROUP BY bucket
ORDER BY bucket
