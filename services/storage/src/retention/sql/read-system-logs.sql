-- Newer versions of the server move a table of another form aside as query_log_0, query_log_1, …
SELECT t.name AS table, t.engine_full AS engine
FROM system.tables AS t
WHERE t.database = 'system' AND match(t.name, '_log(_\\d+)?$') AND endsWith(t.engine, 'MergeTree')
