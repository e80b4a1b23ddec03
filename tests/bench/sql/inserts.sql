-- Parts that no merge has made; merged ones stay visible for minutes. An insert makes at most one in each partition.
SELECT table, max(parts) AS inserts
FROM
(
    SELECT table, partition, count() AS parts
    FROM system.parts
    WHERE database = currentDatabase() AND level = 0 AND modification_time >= now() - {seconds:UInt32}
    GROUP BY table, partition
)
GROUP BY table
