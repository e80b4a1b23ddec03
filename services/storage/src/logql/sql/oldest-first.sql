ORDER BY toStartOfFiveMinutes(Timestamp), toStartOfMinute(Timestamp), Timestamp, Id
