SELECT $__timeInterval(Timestamp) AS time, toString(Category) AS category, count() AS events
FROM events FINAL
WHERE $__timeFilter(Timestamp) AND Category IN ('security', 'compliance', 'audit')
GROUP BY time, category
ORDER BY time
