-- Whoever was told that an alert fires hears that it is over.
INSERT INTO alert_notifications (tenant, alert_id, rule_id, channel, status, due_at)
SELECT tenant, alert_id, rule_id, channel, 'resolved', $3
FROM alert_notifications
WHERE tenant = $1 AND alert_id = ANY ($2::uuid[]) AND status = 'firing'
ON CONFLICT DO NOTHING
