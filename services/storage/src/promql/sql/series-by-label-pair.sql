SELECT
    concat(label.1, '=', label.2) AS name,
    count() AS count
FROM
(
{{series}}
)
ARRAY JOIN attributes AS label
GROUP BY name
ORDER BY count DESC, name
LIMIT {limit:UInt32}
