-- Unless somebody has put another one meanwhile, or was faster.
UPDATE alert_channels SET definition = $4 WHERE tenant = $1 AND name = $2 AND definition = $3
