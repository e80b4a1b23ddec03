SELECT name AS table, engine_full AS engine
FROM system.tables
WHERE database = 'system' AND endsWith(name, '_log') AND endsWith(engine, 'MergeTree')
