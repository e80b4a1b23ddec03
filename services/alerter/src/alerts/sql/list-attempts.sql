SELECT attempted_at, channel, status, attempt, delivered, outcome
FROM alert_notification_attempts
JOIN alert_notifications USING (notification_id)
WHERE tenant = $1 AND alert_id = $2
ORDER BY attempted_at, notification_id, attempt
LIMIT 1000
