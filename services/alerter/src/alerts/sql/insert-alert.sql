-- A new alert, unless the thing has an open one already or its rule is gone. The rule is held until the transaction
-- ends, so that whoever deletes or disables it meanwhile finds this alert.
INSERT INTO alerts (
  tenant, alert_id, rule_id, rule_name, fingerprint, state, severity, labels, annotations, summary, value,
  pending_since, fired_at
)
SELECT
  tenant, $2, rule_id, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10, $11,
  CASE WHEN $6 = 'pending' THEN $12::timestamptz END, CASE WHEN $6 = 'firing' THEN $12::timestamptz END
FROM alert_rules
WHERE tenant = $1 AND rule_id = $3 AND enabled
FOR SHARE
ON CONFLICT (tenant, rule_id, fingerprint) WHERE state <> 'resolved' DO NOTHING
RETURNING *
