INSERT INTO api_keys (id, tenant, name, prefix, hash, scopes)
VALUES ($1, $2, $3, $4, $5, $6)
