SELECT
    label.1 AS name,
    sum(length(label.2)) AS count
FROM
(
{{series}}
)
ARRAY JOIN attributes AS label
GROUP BY name
ORDER BY count DESC, name
LIMIT {limit:UInt32}
