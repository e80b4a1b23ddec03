-- The oldest of what waits, of all tenants: one replica makes incidents for all of them.
SELECT entry_id, tenant, decided_at, step, reason, fingerprints, group_key, receiver, integration, detail
FROM incident_inbox
ORDER BY entry_id
LIMIT $1
