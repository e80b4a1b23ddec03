-- The oldest of each of the tenants, so that none keeps another waiting. Tenants are found one after the other by the index: there are few of
-- them beside what may wait.
WITH RECURSIVE waiting AS (
  SELECT min(tenant) AS tenant FROM incident_inbox
  UNION ALL
  SELECT (SELECT min(next.tenant) FROM incident_inbox AS next WHERE next.tenant > waiting.tenant)
  FROM waiting
  WHERE waiting.tenant IS NOT NULL
)
SELECT entry.*
FROM waiting
CROSS JOIN LATERAL (
  SELECT entry_id, tenant, decided_at, step, reason, fingerprints, group_key, receiver, integration, detail
  FROM incident_inbox
  WHERE incident_inbox.tenant = waiting.tenant
  ORDER BY entry_id
  LIMIT $1
) AS entry
ORDER BY entry.entry_id
