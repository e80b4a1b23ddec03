-- Parts that no merge has made, one or more to an insert; merged ones stay visible for minutes.
SELECT table, uniqExact(modification_time, partition) AS inserts
FROM system.parts
WHERE database = currentDatabase() AND level = 0 AND modification_time >= now() - {seconds:UInt32}
GROUP BY table
