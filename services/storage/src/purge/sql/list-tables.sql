-- The tables that have rows of tenants; views have none of their own.
SELECT t.name AS table
FROM system.tables AS t
JOIN system.columns AS c ON c.database = t.database AND c.table = t.name
WHERE t.database = currentDatabase() AND c.name = 'Tenant' AND endsWith(t.engine, 'MergeTree')
ORDER BY table
