-- The newest, in the order in which they happened.
SELECT happened_at, kind, actor, words, fingerprint
FROM (
  SELECT *
  FROM incident_entries
  WHERE tenant = $1 AND incident_id = $2
  ORDER BY happened_at DESC, entry_id DESC
  LIMIT $3
) AS newest
ORDER BY happened_at, entry_id
