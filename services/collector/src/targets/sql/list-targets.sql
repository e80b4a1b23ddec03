SELECT name, kind, address, interval_ms, timeout_ms, labels
FROM targets
WHERE tenant = $1
ORDER BY name
LIMIT $2
