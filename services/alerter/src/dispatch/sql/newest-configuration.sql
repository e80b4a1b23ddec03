-- The version in force.
SELECT version, source, templates, author, created_at
FROM alert_configurations
WHERE tenant = $1
ORDER BY version DESC
LIMIT 1
