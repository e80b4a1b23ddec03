-- Nothing when the tenant has $11 already.
INSERT INTO inbound_sources (tenant, source_id, name, kind, settings, secret, prefix, token_hash, created_at, created_by)
SELECT $1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10
WHERE (SELECT count(*) FROM inbound_sources WHERE tenant = $1) < $11
