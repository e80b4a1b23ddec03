-- Whose session it is, as long as it lasts and its tenant is there; the tenant is what it answers.
SELECT users.id AS "userId", users.tenant, users.username, users.role, sessions.expires_at AS "expiresAt"
FROM sessions
JOIN users ON users.id = sessions.user_id
JOIN tenants ON tenants.name = users.tenant
WHERE sessions.token_hash = $1 AND sessions.expires_at > $2 AND tenants.deleted_at IS NULL
