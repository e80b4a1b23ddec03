-- Without a secret ($5 null) it keeps the one it has.
UPDATE inbound_sources SET name = $3, settings = $4::jsonb, secret = coalesce($5, secret)
WHERE tenant = $1 AND source_id = $2
