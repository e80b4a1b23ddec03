-- Of all tenants: a key is whoever runs Sightline's, and one that is missing concerns all of them, unless it was given up.
SELECT DISTINCT split_part(left(source, 40), ':', 3) AS key
FROM alert_versions
JOIN alert_configurations
  ON alert_configurations.tenant = alert_versions.tenant AND alert_configurations.version = alert_versions.configuration
WHERE source LIKE 'sealed:1:%' AND split_part(left(source, 40), ':', 3) <> ALL ($1::text[])
  AND NOT EXISTS (SELECT FROM lost_seal_keys WHERE key = split_part(left(source, 40), ':', 3))
ORDER BY key
LIMIT 10
