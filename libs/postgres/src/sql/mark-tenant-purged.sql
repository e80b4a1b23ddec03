UPDATE tenants
SET purged_at = now()
WHERE name = $1 AND deleted_at IS NOT NULL AND purged_at IS NULL
