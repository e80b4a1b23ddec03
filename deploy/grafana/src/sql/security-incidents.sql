SELECT Timestamp AS Time, Severity, EventType AS Event, UserId AS User, SourceIp AS Address, Title
FROM events FINAL
WHERE $__timeFilter(Timestamp) AND Category = 'security'
ORDER BY Timestamp DESC
LIMIT 100
