SELECT name AS table, engine_full AS engine
FROM system.tables
WHERE database = currentDatabase() AND name IN {tables:Array(String)}
