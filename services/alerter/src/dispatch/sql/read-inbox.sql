-- The oldest of each of the tenants, so that none keeps another waiting.
SELECT entry.entry_id, entry.tenant, entry.entry
FROM unnest($1::text[]) AS open (tenant)
CROSS JOIN LATERAL (
  SELECT alert_inbox.entry_id, alert_inbox.tenant, alert_inbox.entry
  FROM alert_inbox
  WHERE alert_inbox.tenant = open.tenant
  ORDER BY alert_inbox.entry_id
  LIMIT $2
) AS entry
ORDER BY entry.entry_id
