SELECT count(*)::int AS count FROM alert_channels WHERE tenant = $1
