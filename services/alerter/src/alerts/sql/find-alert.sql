SELECT * FROM alerts WHERE tenant = $1 AND alert_id = $2
