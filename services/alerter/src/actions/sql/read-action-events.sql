-- What the bus has not been told of, oldest first. Of all tenants; each is told under its own.
SELECT event_id, tenant, event FROM alert_action_events ORDER BY event_id LIMIT $1
