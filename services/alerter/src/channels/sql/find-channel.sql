SELECT name, definition FROM alert_channels WHERE tenant = $1 AND name = $2
