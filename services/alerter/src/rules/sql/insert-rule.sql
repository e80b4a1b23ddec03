INSERT INTO alert_rules (tenant, rule_id, name, enabled, definition, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
