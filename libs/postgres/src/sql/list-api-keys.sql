SELECT id AS "keyId", tenant, name, prefix, scopes, created_at AS "createdAt", revoked_at AS "revokedAt"
FROM api_keys
WHERE tenant = $1
ORDER BY created_at DESC, id
LIMIT 1000
