SELECT Timestamp AS time, Title AS title, Description AS text, [Source, EventType] AS tags
FROM events FINAL
WHERE $__timeFilter(Timestamp) AND Severity = 'critical'
ORDER BY time
LIMIT 100
