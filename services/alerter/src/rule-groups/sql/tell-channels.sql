-- The channels that rules name beside the routes, as far as there are such channels.
INSERT INTO alert_notifications (tenant, alert_id, rule_id, channel, status, due_at)
SELECT $1, fires.alert_id, fires.rule_id, alert_channels.name, 'firing', $3
FROM jsonb_to_recordset($2::jsonb) AS fires (alert_id uuid, rule_id uuid, channels text[])
JOIN alert_channels ON alert_channels.tenant = $1 AND alert_channels.name = ANY (fires.channels)
ON CONFLICT DO NOTHING
