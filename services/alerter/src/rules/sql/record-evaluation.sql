UPDATE alert_rules SET last_evaluated_at = $3, last_error = $4 WHERE tenant = $1 AND rule_id = ANY ($2::uuid[])
