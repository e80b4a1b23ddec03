DELETE FROM alert_maintenance_windows WHERE tenant = $1 AND window_id = $2
