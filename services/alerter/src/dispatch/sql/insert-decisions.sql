-- What incidents are made of is handed on to whoever makes them (incidents/), with the same transaction.
WITH made AS (
  INSERT INTO alert_decisions
    (tenant, decided_at, step, reason, fingerprints, group_key, receiver, integration, ids, due_at, detail)
  SELECT $1, decided_at, step, reason, fingerprints, group_key, receiver, integration, ids, due_at, detail
  FROM jsonb_to_recordset($2::jsonb) AS decision (
    decided_at timestamptz, step text, reason text, fingerprints text[], group_key text, receiver text, integration text,
    ids text[], due_at timestamptz, detail text
  )
  RETURNING decision_id, decided_at, step, reason, fingerprints, group_key, receiver, integration, detail
)
INSERT INTO incident_inbox (tenant, decided_at, step, reason, fingerprints, group_key, receiver, integration, detail)
SELECT $1, decided_at, step, reason, fingerprints, group_key, receiver, integration, detail
FROM made
WHERE step IN ('received', 'resolved', 'delivered', 'action', 'escalation') AND (fingerprints <> '{}' OR group_key <> '')
ORDER BY decision_id
