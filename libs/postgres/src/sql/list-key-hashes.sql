SELECT hash
FROM api_keys
WHERE tenant = $1 AND revoked_at IS NULL
