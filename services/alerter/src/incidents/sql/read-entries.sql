SELECT happened_at, kind, actor, words, fingerprint
FROM incident_entries
WHERE tenant = $1 AND incident_id = $2
ORDER BY happened_at, entry_id
