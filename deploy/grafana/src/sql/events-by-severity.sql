SELECT $__timeInterval(Timestamp) AS time, toString(Severity) AS severity, count() AS events
FROM events FINAL
WHERE $__timeFilter(Timestamp)
GROUP BY time, severity
ORDER BY time
