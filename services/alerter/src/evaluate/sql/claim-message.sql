INSERT INTO alert_messages (message, seen_at) VALUES ($1, $2) ON CONFLICT DO NOTHING
