SELECT coalesce(sum(bytes), 0)::float8 AS bytes FROM alert_inbox WHERE tenant = $1
