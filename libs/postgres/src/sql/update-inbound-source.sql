-- Without a secret ($5 null) it keeps the one it has. Without a token ($6 null) its address stays.
UPDATE inbound_sources SET
  name = $3,
  settings = $4::jsonb,
  secret = coalesce($5, secret),
  prefix = coalesce($6, prefix),
  token_hash = coalesce($7, token_hash)
WHERE tenant = $1 AND source_id = $2
