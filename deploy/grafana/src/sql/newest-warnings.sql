SELECT Timestamp AS Time, Title
FROM events FINAL
WHERE $__timeFilter(Timestamp) AND Severity >= 'warning'
ORDER BY Timestamp DESC
LIMIT 5
