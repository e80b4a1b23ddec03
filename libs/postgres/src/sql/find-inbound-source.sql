-- The source of a token's hash, unless its tenant is deleted. The tenant is what it answers, hence not a condition.
SELECT
  inbound_sources.tenant, inbound_sources.source_id, inbound_sources.name, inbound_sources.kind,
  inbound_sources.settings, inbound_sources.secret
FROM inbound_sources
JOIN tenants ON tenants.name = inbound_sources.tenant
WHERE inbound_sources.token_hash = $1 AND tenants.deleted_at IS NULL
