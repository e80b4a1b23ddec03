SELECT name, created_at AS "createdAt", deleted_at AS "deletedAt", purged_at AS "purgedAt"
FROM tenants
ORDER BY name
LIMIT 10000
