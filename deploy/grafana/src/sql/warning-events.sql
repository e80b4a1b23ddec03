SELECT Timestamp AS Time, Severity, Source, EventType AS Event, Title
FROM events FINAL
WHERE $__timeFilter(Timestamp) AND Severity >= 'warning'
ORDER BY Timestamp DESC
LIMIT 50
