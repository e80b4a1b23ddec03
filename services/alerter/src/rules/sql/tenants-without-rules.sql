SELECT tenants.name
FROM tenants
WHERE NOT EXISTS (SELECT 1 FROM alert_default_rules WHERE alert_default_rules.tenant = tenants.name)
LIMIT 100
