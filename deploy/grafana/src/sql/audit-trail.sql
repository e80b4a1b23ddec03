SELECT Timestamp AS Time, Category, UserId AS Who, EventType AS What, Target, SourceIp AS `From`, Title
FROM events FINAL
WHERE $__timeFilter(Timestamp) AND Category IN ('security', 'compliance', 'audit')
ORDER BY Timestamp DESC
LIMIT 200
