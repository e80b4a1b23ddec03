-- Changes that the bus has not been told of, oldest first. Of all tenants; each is told under its own.
SELECT change_id, changed_at, from_state, to_state, reason, actor, note, alert_changes.value AS change_value, alerts.*
FROM alert_changes
JOIN alerts USING (tenant, alert_id)
WHERE published_at IS NULL
ORDER BY change_id
LIMIT $1
