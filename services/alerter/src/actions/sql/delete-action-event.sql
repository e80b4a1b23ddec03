DELETE FROM alert_action_events WHERE event_id = $1 AND tenant = $2
