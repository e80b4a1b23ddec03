-- Of all tenants: those that no decision can be about any more, but of what is still kept; and of each tenant those beyond so many
-- that were seen longest ago.
DELETE FROM alert_labels
WHERE (tenant, fingerprint) IN (
  SELECT tenant, fingerprint
  FROM (
    SELECT tenant, fingerprint, seen_at, row_number() OVER (PARTITION BY tenant ORDER BY seen_at DESC) AS place
    FROM alert_labels
  ) AS placed
  WHERE place > $2 OR seen_at < $1
    AND NOT EXISTS (
      SELECT FROM dispatch_records AS kept
      WHERE kept.tenant = placed.tenant AND kept.kind = 'alert' AND kept.key = placed.fingerprint
    )
)
