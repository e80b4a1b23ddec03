-- Sizes are of whole partitions: no tenant has parts of its own.
SELECT
    table,
    partition_id AS partition,
    sum(rows) AS rows,
    sum(bytes_on_disk) AS bytesOnDisk,
    sum(data_uncompressed_bytes) AS bytesUncompressed
FROM system.parts
WHERE active AND database = currentDatabase() AND table IN {tables:Array(String)}
GROUP BY table, partition
