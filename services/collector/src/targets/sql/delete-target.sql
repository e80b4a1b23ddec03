DELETE FROM targets
WHERE tenant = $1 AND name = $2
