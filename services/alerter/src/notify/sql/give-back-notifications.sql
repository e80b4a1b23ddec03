-- An attempt that was called off counts as none.
UPDATE alert_notifications SET attempts = attempts - 1, due_at = $3
WHERE tenant = $1 AND notification_id = ANY ($2::bigint[]) AND state = 'due'
