SELECT
    toString(metric) AS name,
    count() AS count
FROM
(
{{series}}
)
GROUP BY metric
ORDER BY count DESC, name
LIMIT {limit:UInt32}
