SELECT name, definition FROM alert_channels WHERE tenant = $1 ORDER BY name
