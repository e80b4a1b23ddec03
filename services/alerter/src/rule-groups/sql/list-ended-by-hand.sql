-- Of all tenants: alerts that people have resolved, and whose groups do not know of it yet.
SELECT tenant, alert_id, rule_id, rule_file, rule_group, fingerprint, resolved_at
FROM resolved_rule_alerts
ORDER BY resolved_at
LIMIT $1
