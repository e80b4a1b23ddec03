-- Disks that can be full: object storage says that it has no end.
SELECT name, toFloat64(unreserved_space) AS freeBytes, toFloat64(total_space) AS totalBytes
FROM system.disks
WHERE type = 'Local' AND total_space > 0 AND NOT is_broken AND NOT is_read_only
