INSERT INTO alert_changes (tenant, alert_id, changed_at, from_state, to_state, reason, actor, note, value)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
