-- Unless somebody else was faster.
UPDATE alert_configurations SET source = $4 WHERE tenant = $1 AND version = $2 AND source = $3
