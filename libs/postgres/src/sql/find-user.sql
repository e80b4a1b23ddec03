-- The user who logs in, unless the tenant is deleted; the tenant is what it answers, hence not a condition.
SELECT users.id AS "userId", users.tenant, users.username, users.password_hash AS "passwordHash", users.role
FROM users
JOIN tenants ON tenants.name = users.tenant
WHERE lower(users.username) = lower($1) AND tenants.deleted_at IS NULL
