SELECT count(*)::int AS count FROM alert_inbox WHERE tenant = $1
