INSERT INTO incident_entries (tenant, incident_id, happened_at, kind, actor, words, fingerprint)
SELECT $1, incident_id, happened_at, kind, actor, words, fingerprint
FROM jsonb_to_recordset($2::jsonb) AS entry (
  incident_id uuid, happened_at timestamptz, kind text, actor text, words text, fingerprint text
)
