-- The steps of the sort key come first, so that reading goes from the end and stops after enough records.
ORDER BY toStartOfFiveMinutes(Timestamp) DESC, toStartOfMinute(Timestamp) DESC, Timestamp DESC, Id DESC
