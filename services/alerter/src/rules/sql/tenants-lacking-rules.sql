-- Tenants that have not been given all of the default rules $1.
SELECT tenants.name
FROM tenants
WHERE NOT EXISTS (
  SELECT 1 FROM alert_default_rules WHERE alert_default_rules.tenant = tenants.name AND alert_default_rules.given @> $1::text[]
)
LIMIT 100
