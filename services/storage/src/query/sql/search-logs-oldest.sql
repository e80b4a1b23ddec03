SELECT
{{columns}}
FROM otel_logs
{{conditions}}
    AND (Timestamp, Id) > (fromUnixTimestamp64Nano({fromTime:Int64}), {fromId:UInt64})
ORDER BY toStartOfFiveMinutes(Timestamp), toStartOfMinute(Timestamp), Timestamp, Id
LIMIT {limit:UInt32}
