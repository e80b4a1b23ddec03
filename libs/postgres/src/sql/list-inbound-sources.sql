SELECT
  source_id, name, kind, settings, secret <> '' AS has_secret, prefix, created_at, created_by, last_received_at,
  last_problem
FROM inbound_sources
WHERE tenant = $1 AND ($2::uuid IS NULL OR source_id = $2)
ORDER BY name
