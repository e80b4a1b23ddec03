-- Idempotent: the first deletion counts.
UPDATE tenants
SET deleted_at = coalesce(deleted_at, now())
WHERE name = $1 AND name <> 'default'
