-- The user who logs in; the tenant is what it answers, hence not a condition.
SELECT id AS "userId", tenant, username, password_hash AS "passwordHash", role
FROM users
WHERE lower(username) = lower($1)
