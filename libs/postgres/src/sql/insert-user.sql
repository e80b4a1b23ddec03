-- Nothing when the name is taken: whoever starts first makes the first user.
INSERT INTO users (id, tenant, username, password_hash, role)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (lower(username)) DO NOTHING
