-- The rules of all tenants, to be evaluated; everything a rule does stays within its tenant.
SELECT tenant, definition, last_evaluated_at, last_error FROM alert_rules WHERE enabled ORDER BY tenant, rule_id
