UPDATE alert_notifications SET state = 'due', due_at = $3
WHERE tenant = $1 AND notification_id = ANY ($2::bigint[]) AND state = 'held'
