-- What was over before a channel heard of it is not told to it at all.
DELETE FROM alert_notifications
USING (SELECT * FROM unnest($2::uuid[], $3::text[])) AS gone (alert_id, channel)
WHERE alert_notifications.tenant = $1 AND alert_notifications.alert_id = gone.alert_id
  AND alert_notifications.channel = gone.channel
