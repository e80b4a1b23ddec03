SELECT dimension, value, count() AS count
FROM
(
    SELECT arrayJoin([
        ('severity', toString(Severity)),
        ('type', toString(EventType)),
        ('source', toString(Source)),
        ('category', toString(Category)),
        ('target', Target)]) AS pair, pair.1 AS dimension, pair.2 AS value
    FROM events FINAL
    WHERE
{{conditions}}
)
WHERE value != ''
GROUP BY dimension, value
ORDER BY dimension, count DESC, value
LIMIT {maxValues:UInt32} BY dimension
