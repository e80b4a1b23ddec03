INSERT INTO incidents (
  tenant, incident_id, number, title, owner, state, severity, opened_at, quiet_since, resolved_at, resolved_by,
  merged_into, alerts, firing, services
)
SELECT
  $1, incident_id, number, title, owner, state, severity, opened_at, quiet_since, resolved_at, resolved_by,
  merged_into, alerts, firing, services
FROM jsonb_to_recordset($2::jsonb) AS incident (
  incident_id uuid, number bigint, title text, owner text, state text, severity smallint, opened_at timestamptz,
  quiet_since timestamptz, resolved_at timestamptz, resolved_by text, merged_into uuid, alerts integer, firing integer,
  services text[]
)
ON CONFLICT (tenant, incident_id) DO UPDATE SET
  title = EXCLUDED.title, owner = EXCLUDED.owner, state = EXCLUDED.state, severity = EXCLUDED.severity,
  opened_at = EXCLUDED.opened_at, quiet_since = EXCLUDED.quiet_since, resolved_at = EXCLUDED.resolved_at,
  resolved_by = EXCLUDED.resolved_by, merged_into = EXCLUDED.merged_into, alerts = EXCLUDED.alerts,
  firing = EXCLUDED.firing, services = EXCLUDED.services
