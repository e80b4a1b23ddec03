INSERT INTO alert_action_events (event_id, tenant, event) VALUES ($1, $2, $3)
