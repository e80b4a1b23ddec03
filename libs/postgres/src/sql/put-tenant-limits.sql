-- Of a tenant that exists and is not deleted.
INSERT INTO tenant_limits (tenant, limits)
SELECT name, $2::jsonb
FROM tenants
WHERE name = $1 AND deleted_at IS NULL
ON CONFLICT (tenant) DO UPDATE SET limits = excluded.limits, updated_at = now()
