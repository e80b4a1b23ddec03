-- The columns of tables, in their order.
SELECT
    table,
    name,
    -- How rows of a series are merged is not what is asked for.
    replaceRegexpOne(type, '^SimpleAggregateFunction\\([a-zA-Z]+, (.*)\\)$', '\\1') AS type
FROM system.columns
WHERE database = currentDatabase() AND table IN {tables:Array(String)}
ORDER BY table, position
