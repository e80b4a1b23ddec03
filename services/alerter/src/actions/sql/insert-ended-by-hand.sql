-- For whoever evaluates its rule.
INSERT INTO resolved_rule_alerts (tenant, alert_id, rule_id, rule_file, rule_group, fingerprint, resolved_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (tenant, alert_id) DO NOTHING
