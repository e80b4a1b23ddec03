-- The tenants of whom something fires that rules of files or Sightline itself have found. Not those of whom something waits since $1 for
-- whoever dispatches: that does not become more.
SELECT DISTINCT tenant
FROM alerts
WHERE origin <> 'rule' AND state IN ('firing', 'acknowledged')
  AND NOT EXISTS (
    SELECT FROM alert_inbox WHERE alert_inbox.tenant = alerts.tenant AND alert_inbox.received_at < $1
  )
