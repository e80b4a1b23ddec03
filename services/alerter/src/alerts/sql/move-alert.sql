-- The next step of an alert, unless somebody else was faster.
UPDATE alerts SET
  state = $4,
  value = $5,
  summary = coalesce($6, summary),
  annotations = coalesce($7::jsonb, annotations),
  fired_at = CASE WHEN $4 = 'firing' THEN $8::timestamptz ELSE fired_at END,
  acknowledged_at = CASE WHEN $4 = 'acknowledged' THEN $8::timestamptz ELSE acknowledged_at END,
  acknowledged_by = CASE WHEN $4 = 'acknowledged' THEN $9 ELSE acknowledged_by END,
  resolved_at = CASE WHEN $4 = 'resolved' THEN $8::timestamptz ELSE resolved_at END,
  resolved_by = CASE WHEN $4 = 'resolved' THEN $9 ELSE resolved_by END
WHERE tenant = $1 AND alert_id = $2 AND state = $3
RETURNING *
