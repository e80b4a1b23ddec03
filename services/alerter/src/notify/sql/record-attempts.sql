INSERT INTO alert_notification_attempts (notification_id, attempt, attempted_at, delivered, outcome)
SELECT notification_id, attempts, $3, $4, $5
FROM alert_notifications
WHERE tenant = $1 AND notification_id = ANY ($2::bigint[])
ON CONFLICT DO NOTHING
