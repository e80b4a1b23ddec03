-- New alerts, unless the thing has an open one already.
INSERT INTO alerts (
  tenant, alert_id, rule_id, rule_name, fingerprint, state, severity, labels, annotations, summary, value,
  pending_since, fired_at, origin, rule_file, rule_group, recipients
)
SELECT
  $1, alert_id, rule_id, rule_name, fingerprint, state, severity, labels, annotations, summary, value::float8,
  CASE WHEN state = 'pending' THEN moved_at END, CASE WHEN state = 'firing' THEN moved_at END, origin, rule_file, rule_group,
  recipients
FROM jsonb_to_recordset($2::jsonb) AS begun (
  alert_id uuid, rule_id uuid, rule_name text, fingerprint text, state text, severity smallint, labels jsonb,
  annotations jsonb, summary text, value text, moved_at timestamptz, origin text, rule_file text, rule_group text,
  recipients text[]
)
ON CONFLICT (tenant, rule_id, fingerprint) WHERE state <> 'resolved' DO NOTHING
RETURNING *, '' AS from_state
