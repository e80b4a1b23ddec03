-- The key of a hash, unless it is revoked. The tenant is what it answers, hence not a condition.
SELECT id AS "keyId", tenant, scopes
FROM api_keys
WHERE hash = $1 AND revoked_at IS NULL
