INSERT INTO alert_notifications (tenant, alert_id, rule_id, channel, status, due_at)
SELECT $1, $2, $3, channel, 'firing', $5 FROM unnest($4::text[]) AS channel
ON CONFLICT DO NOTHING
