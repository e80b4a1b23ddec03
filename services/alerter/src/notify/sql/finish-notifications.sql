UPDATE alert_notifications SET state = $3, due_at = $4
WHERE tenant = $1 AND notification_id = ANY ($2::bigint[]) AND state = 'due'
