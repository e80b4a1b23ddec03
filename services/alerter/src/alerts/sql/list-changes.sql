SELECT changed_at, from_state, to_state, reason, actor, note
FROM alert_changes
WHERE tenant = $1 AND alert_id = $2
ORDER BY change_id
LIMIT 1000
