SELECT
    Source AS Component,
    argMax(HealthScore, Timestamp) AS Score,
    argMax(CpuPercent, Timestamp) AS `CPU %`,
    argMax(MemoryPercent, Timestamp) AS `Memory %`,
    argMax(DiskPercent, Timestamp) AS `Disk %`,
    max(Timestamp) AS Checked
FROM events FINAL
WHERE $__timeFilter(Timestamp) AND HealthScore IS NOT NULL
GROUP BY Component
ORDER BY Score
LIMIT 100
