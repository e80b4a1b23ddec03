-- Alerts that have waited long enough.
UPDATE alerts
SET state = 'firing', fired_at = fired.moved_at, value = fired.value::float8, severity = fired.severity,
  annotations = fired.annotations, summary = fired.summary, recipients = fired.recipients
FROM jsonb_to_recordset($2::jsonb) AS fired (
  rule_id uuid, fingerprint text, severity smallint, annotations jsonb, summary text, value text, moved_at timestamptz,
  recipients text[]
)
WHERE alerts.tenant = $1 AND alerts.rule_id = fired.rule_id AND alerts.fingerprint = fired.fingerprint
  AND alerts.state = 'pending'
RETURNING alerts.*, 'pending' AS from_state
