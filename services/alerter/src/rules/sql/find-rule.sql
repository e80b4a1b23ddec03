SELECT tenant, definition, last_evaluated_at, last_error FROM alert_rules WHERE tenant = $1 AND rule_id = $2 FOR UPDATE
