SELECT count(*)::int AS count FROM alert_rules WHERE tenant = $1
