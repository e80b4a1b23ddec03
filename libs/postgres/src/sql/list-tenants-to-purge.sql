SELECT name, deleted_at AS "deletedAt"
FROM tenants
WHERE deleted_at IS NOT NULL AND purged_at IS NULL
ORDER BY deleted_at
LIMIT 100
