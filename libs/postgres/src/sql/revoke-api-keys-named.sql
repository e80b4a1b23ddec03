-- Makes place for a new key of the same name.
UPDATE api_keys
SET revoked_at = now()
WHERE tenant = $1 AND name = $2 AND hash <> $3 AND revoked_at IS NULL
