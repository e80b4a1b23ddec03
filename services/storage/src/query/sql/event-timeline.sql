SELECT
    intDiv(toUnixTimestamp64Nano(Timestamp), {bucketNanos:Int64}) AS bucket,
    toString(Severity) AS severity,
    count() AS count
FROM events FINAL
WHERE
{{conditions}}
GROUP BY bucket, severity
ORDER BY bucket, count DESC
