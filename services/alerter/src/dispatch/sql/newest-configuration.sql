-- The version in force without its source, which may be sealed with a key that nobody has any more.
SELECT version, templates, author, created_at
FROM alert_configurations
WHERE tenant = $1
ORDER BY version DESC
LIMIT 1
