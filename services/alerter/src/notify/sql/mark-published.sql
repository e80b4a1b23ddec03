UPDATE alert_changes SET published_at = $3 WHERE tenant = $1 AND change_id = $2
