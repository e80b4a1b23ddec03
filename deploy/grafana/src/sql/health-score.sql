SELECT avg(score) AS `Health score`
FROM
(
    SELECT argMax(HealthScore, Timestamp) AS score
    FROM events FINAL
    WHERE $__timeFilter(Timestamp) AND HealthScore IS NOT NULL
    GROUP BY Source
)
