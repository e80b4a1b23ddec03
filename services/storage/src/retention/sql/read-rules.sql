-- The definitions as the server has them, and whether parts that were there before still go by an older rule.
SELECT
    t.name AS table,
    t.engine_full AS engine,
    countIf(m.table != '') AS unfinished,
    anyIf(m.latest_fail_reason, m.latest_fail_reason != '') AS failure
FROM system.tables AS t
LEFT JOIN
(
    SELECT table, latest_fail_reason
    FROM system.mutations
    WHERE database = currentDatabase() AND NOT is_done AND command LIKE '%MATERIALIZE TTL%'
) AS m ON m.table = t.name
WHERE t.database = currentDatabase() AND t.name IN {tables:Array(String)}
GROUP BY table, engine
