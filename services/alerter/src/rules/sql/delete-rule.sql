DELETE FROM alert_rules WHERE tenant = $1 AND rule_id = $2
