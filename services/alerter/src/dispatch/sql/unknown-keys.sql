-- Of all tenants: a key is whoever runs Sightline's, and one that is missing concerns all of them, unless it was given up.
WITH keyed AS (
  SELECT split_part(left(source, 40), ':', 3) AS key
  FROM alert_versions
  JOIN alert_configurations
    ON alert_configurations.tenant = alert_versions.tenant AND alert_configurations.version = alert_versions.configuration
  WHERE source LIKE 'sealed:1:%'
  UNION
  -- What is not sealed is no text: a condition would not do, as Postgres may ask for the key first.
  SELECT CASE WHEN substring(definition FROM 1 FOR 9) = 'sealed:1:'::bytea THEN split_part(convert_from(definition, 'UTF8'), ':', 3) END
  FROM alert_channels
)
SELECT key
FROM keyed
WHERE key IS NOT NULL AND key <> ALL ($1::text[]) AND NOT EXISTS (SELECT FROM lost_seal_keys WHERE lost_seal_keys.key = keyed.key)
ORDER BY key
LIMIT 10
