SELECT count(*)::int AS count FROM alert_windows WHERE tenant = $1 AND rule_id = $2
