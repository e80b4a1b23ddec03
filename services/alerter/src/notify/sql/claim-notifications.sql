-- Begins an attempt for what is due to one channel about one rule, oldest first. What one channel is to hear of one
-- alert it hears in order. The attempt counts as lost at $5.
WITH claimed AS (
  SELECT notification_id
  FROM alert_notifications AS candidate
  WHERE tenant = $1 AND channel = $2 AND rule_id = $3 AND state = 'due' AND due_at <= $4
    AND NOT EXISTS (
      SELECT 1
      FROM alert_notifications AS earlier
      WHERE earlier.tenant = candidate.tenant AND earlier.alert_id = candidate.alert_id
        AND earlier.channel = candidate.channel AND earlier.state IN ('due', 'held')
        AND earlier.notification_id < candidate.notification_id
    )
  ORDER BY notification_id
  LIMIT $6
  FOR UPDATE SKIP LOCKED
)
UPDATE alert_notifications AS notification
SET attempts = attempts + 1, due_at = $5
FROM claimed, alerts
WHERE notification.notification_id = claimed.notification_id
  AND alerts.tenant = notification.tenant AND alerts.alert_id = notification.alert_id
RETURNING notification.notification_id, notification.status, notification.attempts, alerts.*
