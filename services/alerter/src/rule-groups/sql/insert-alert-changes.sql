INSERT INTO alert_changes (tenant, alert_id, changed_at, from_state, to_state, reason, actor, note, value)
SELECT $1, alert_id, changed_at, from_state, to_state, reason, actor, note, value::float8
FROM jsonb_to_recordset($2::jsonb) AS change (
  alert_id uuid, changed_at timestamptz, from_state text, to_state text, reason text, actor text, note text, value text
)
