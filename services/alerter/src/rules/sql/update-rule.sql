UPDATE alert_rules SET name = $3, enabled = $4, definition = $5, updated_at = $6, last_error = ''
WHERE tenant = $1 AND rule_id = $2
