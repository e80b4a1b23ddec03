DELETE FROM resolved_rule_alerts WHERE tenant = $1 AND alert_id = ANY ($2::uuid[])
