-- The key of a hash, unless it is revoked or its tenant deleted. The tenant is what it answers, hence not a condition.
SELECT api_keys.id AS "keyId", api_keys.tenant, api_keys.scopes
FROM api_keys
JOIN tenants ON tenants.name = api_keys.tenant
WHERE api_keys.hash = $1 AND api_keys.revoked_at IS NULL AND tenants.deleted_at IS NULL
