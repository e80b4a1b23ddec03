SELECT alert_rules.name
FROM alert_rule_channels
JOIN alert_rules USING (tenant, rule_id)
WHERE tenant = $1 AND channel = $2
ORDER BY alert_rules.name
LIMIT 5
