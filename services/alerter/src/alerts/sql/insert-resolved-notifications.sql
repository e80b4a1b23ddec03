-- Whoever was told that it fires hears that it is over, whatever the rule's channels are by now.
INSERT INTO alert_notifications (tenant, alert_id, rule_id, channel, status, due_at)
SELECT tenant, alert_id, rule_id, channel, 'resolved', $3
FROM alert_notifications
WHERE tenant = $1 AND alert_id = $2 AND status = 'firing'
ON CONFLICT DO NOTHING
