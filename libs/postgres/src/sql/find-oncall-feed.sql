-- The feed of a token's hash, unless it is revoked or its tenant deleted. The tenant is what it answers, hence not a
-- condition.
SELECT oncall_feeds.tenant, oncall_feeds.kind, oncall_feeds.name
FROM oncall_feeds
JOIN tenants ON tenants.name = oncall_feeds.tenant
WHERE oncall_feeds.token_hash = $1 AND oncall_feeds.revoked_at IS NULL AND tenants.deleted_at IS NULL
