-- Back to firing, as it has since it began, unless somebody else was faster.
UPDATE alerts SET state = 'firing', acknowledged_at = NULL, acknowledged_by = ''
WHERE tenant = $1 AND alert_id = $2 AND state = 'acknowledged'
RETURNING *
