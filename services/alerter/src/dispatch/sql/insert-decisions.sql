INSERT INTO alert_decisions
  (tenant, decided_at, step, reason, fingerprints, group_key, receiver, integration, ids, due_at, detail)
SELECT $1, decided_at, step, reason, fingerprints, group_key, receiver, integration, ids, due_at, detail
FROM jsonb_to_recordset($2::jsonb) AS decision (
  decided_at timestamptz, step text, reason text, fingerprints text[], group_key text, receiver text, integration text,
  ids text[], due_at timestamptz, detail text
)
