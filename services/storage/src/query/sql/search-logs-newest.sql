SELECT
{{columns}}
FROM otel_logs
{{conditions}}
    AND (Timestamp, Id) < (fromUnixTimestamp64Nano({fromTime:Int64}), {fromId:UInt64})
-- The steps of the sort key come first, so that reading goes from the end and stops after enough records.
ORDER BY toStartOfFiveMinutes(Timestamp) DESC, toStartOfMinute(Timestamp) DESC, Timestamp DESC, Id DESC
LIMIT {limit:UInt32}
