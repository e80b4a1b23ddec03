SELECT notification_id, status, attempts, channel, alerts.*
FROM alert_notifications
JOIN alerts USING (tenant, alert_id)
WHERE alert_notifications.tenant = $1 AND alert_notifications.state = 'held' AND notification_id > $2
ORDER BY notification_id
LIMIT $3
