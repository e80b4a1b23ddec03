SELECT definition FROM alert_maintenance_windows WHERE tenant = $1 ORDER BY name
