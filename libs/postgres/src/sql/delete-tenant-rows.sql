-- Everything of a tenant but the row that keeps its name taken; what hangs on these rows goes with them. One statement,
-- so that the foreign keys between the tables are looked at when all of it is done.
WITH
  deleted_users AS (DELETE FROM users WHERE tenant = $1),
  deleted_keys AS (DELETE FROM api_keys WHERE tenant = $1),
  deleted_limits AS (DELETE FROM tenant_limits WHERE tenant = $1),
  deleted_targets AS (DELETE FROM targets WHERE tenant = $1),
  deleted_channels AS (DELETE FROM alert_channels WHERE tenant = $1),
  deleted_rules AS (DELETE FROM alert_rules WHERE tenant = $1),
  deleted_rule_channels AS (DELETE FROM alert_rule_channels WHERE tenant = $1),
  deleted_default_rules AS (DELETE FROM alert_default_rules WHERE tenant = $1),
  deleted_alerts AS (DELETE FROM alerts WHERE tenant = $1),
  deleted_changes AS (DELETE FROM alert_changes WHERE tenant = $1),
  deleted_notifications AS (DELETE FROM alert_notifications WHERE tenant = $1),
  deleted_windows AS (DELETE FROM alert_windows WHERE tenant = $1),
  deleted_retention AS (DELETE FROM retention WHERE tenant = $1),
  deleted_baselines AS (DELETE FROM baselines WHERE tenant = $1),
  deleted_anomalies AS (DELETE FROM anomalies WHERE tenant = $1)
DELETE FROM reports WHERE tenant = $1
