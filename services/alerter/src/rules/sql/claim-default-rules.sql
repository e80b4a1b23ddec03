INSERT INTO alert_default_rules (tenant, given_at) VALUES ($1, $2) ON CONFLICT DO NOTHING
