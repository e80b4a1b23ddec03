-- The newest version, or the one that was in force at a time.
SELECT version, source, templates, author, created_at
FROM alert_configurations
WHERE tenant = $1 AND ($2::timestamptz IS NULL OR created_at <= $2)
ORDER BY version DESC
LIMIT 1
