ORDER BY toStartOfFiveMinutes(Timestamp), Timestamp, Id
