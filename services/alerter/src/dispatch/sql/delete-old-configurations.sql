-- Of all tenants: versions in whose place another one came before $1, so that no decision that is kept was made by them.
DELETE FROM alert_configurations AS old
USING (
  SELECT tenant, version, lead(created_at) OVER (PARTITION BY tenant ORDER BY version) AS replaced_at
  FROM alert_configurations
) AS known
WHERE old.tenant = known.tenant AND old.version = known.version AND known.replaced_at < $1
