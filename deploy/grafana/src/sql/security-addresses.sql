SELECT SourceIp AS Address, count() AS Events, uniq(UserId) AS Users, max(Timestamp) AS Latest
FROM events FINAL
WHERE $__timeFilter(Timestamp) AND Category = 'security' AND SourceIp != ''
GROUP BY Address
ORDER BY Events DESC
LIMIT 20
