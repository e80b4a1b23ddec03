-- Alerts that are over, in whatever state they are.
WITH open AS (
  SELECT alerts.alert_id, alerts.state AS from_state, ended.moved_at, ended.value
  FROM alerts
  JOIN jsonb_to_recordset($2::jsonb) AS ended (rule_id uuid, fingerprint text, value text, moved_at timestamptz)
    USING (rule_id, fingerprint)
  WHERE alerts.tenant = $1 AND alerts.state <> 'resolved'
  ORDER BY alerts.alert_id
  FOR UPDATE OF alerts
)
UPDATE alerts
SET state = 'resolved', resolved_at = open.moved_at, value = open.value::float8
FROM open
WHERE alerts.tenant = $1 AND alerts.alert_id = open.alert_id
RETURNING alerts.*, open.from_state
