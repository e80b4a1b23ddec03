-- Of all tenants: what is sealed by which key, '' for what lies open. The key is whoever runs Sightline's.
WITH kept AS (
  SELECT
    alert_configurations.tenant, alert_configurations.source AS text,
    CASE WHEN alert_configurations.version = alert_versions.configuration THEN 'configuration' ELSE 'older configuration' END AS kind
  FROM alert_configurations
  LEFT JOIN alert_versions ON alert_versions.tenant = alert_configurations.tenant
  UNION ALL
  SELECT tenant, secret, 'inbound secret' FROM inbound_sources WHERE secret <> ''
  UNION ALL
  -- What is not sealed is no text.
  SELECT tenant, CASE WHEN substring(definition FROM 1 FOR 9) = 'sealed:1:'::bytea THEN convert_from(definition, 'UTF8') ELSE '' END, 'channel'
  FROM alert_channels
),
keyed AS (
  SELECT tenant, kind, CASE WHEN starts_with(text, 'sealed:1:') THEN split_part(left(text, 40), ':', 3) ELSE '' END AS key
  FROM kept
)
SELECT
  keyed.key, keyed.kind, count(*)::int AS count, array_agg(DISTINCT keyed.tenant) AS tenants, lost_seal_keys.given_up_at
FROM keyed
LEFT JOIN lost_seal_keys ON lost_seal_keys.key = keyed.key
GROUP BY keyed.key, keyed.kind, lost_seal_keys.given_up_at
ORDER BY keyed.key, keyed.kind
