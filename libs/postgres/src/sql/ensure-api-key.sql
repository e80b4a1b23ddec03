-- Registers a key that the operator gave in the configuration. Known already by its hash: left as it is.
INSERT INTO api_keys (id, tenant, name, prefix, hash, scopes)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (hash) DO NOTHING
