-- Of all tenants: for who applies them.
SELECT tenant, limits
FROM tenant_limits
ORDER BY tenant
LIMIT $1
