DELETE FROM alert_rule_channels WHERE tenant = $1 AND rule_id = $2
