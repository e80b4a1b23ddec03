-- What is hidden waits until it is not; an attempt that was begun for it counts as none.
UPDATE alert_notifications SET state = 'held', attempts = attempts - 1
WHERE tenant = $1 AND notification_id = ANY ($2::bigint[]) AND state = 'due'
