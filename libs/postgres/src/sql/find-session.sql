-- Whose session it is, as long as it lasts; the tenant is what it answers.
SELECT users.id AS "userId", users.tenant, users.username, users.role, sessions.expires_at AS "expiresAt"
FROM sessions
JOIN users ON users.id = sessions.user_id
WHERE sessions.token_hash = $1 AND sessions.expires_at > $2
