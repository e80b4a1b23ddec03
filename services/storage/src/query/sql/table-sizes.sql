-- Sizes are of the whole table: no tenant has parts of its own.
SELECT
    t.name AS name,
    t.engine_full AS engine,
    sum(p.bytes_on_disk) AS bytesOnDisk,
    sum(p.data_uncompressed_bytes) AS bytesUncompressed
FROM system.tables AS t
LEFT JOIN (
    SELECT table, bytes_on_disk, data_uncompressed_bytes
    FROM system.parts
    WHERE active AND database = currentDatabase()
) AS p ON p.table = t.name
WHERE t.database = currentDatabase() AND t.name IN {tables:Array(String)}
GROUP BY name, engine
ORDER BY name
