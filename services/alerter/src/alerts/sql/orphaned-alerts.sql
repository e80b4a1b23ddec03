-- Open alerts whose rule was deleted or disabled. Looks through all tenants: the caller moves each within its own.
SELECT alerts.*
FROM alerts
LEFT JOIN alert_rules USING (tenant, rule_id)
WHERE alerts.state <> 'resolved' AND alerts.origin = 'rule' AND alert_rules.enabled IS NOT TRUE
LIMIT 1000
