-- The oldest day that anything is kept of, today's left out: of several tables the one with the most bytes.
SELECT table, partition_id AS partition, sum(bytes_on_disk) AS bytes, sum(rows) AS rows
FROM system.parts
WHERE active AND database = currentDatabase() AND table IN {tables:Array(String)} AND match(partition_id, '^\\d{8}$')
    AND partition_id < {today:String}
GROUP BY table, partition
ORDER BY partition, bytes DESC
LIMIT 1
