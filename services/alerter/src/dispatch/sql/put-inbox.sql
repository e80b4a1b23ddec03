WITH known AS (INSERT INTO alert_versions (tenant) VALUES ($1) ON CONFLICT DO NOTHING)
INSERT INTO alert_inbox (tenant, entry, bytes, received_at) VALUES ($1, $2, $3, $4)
