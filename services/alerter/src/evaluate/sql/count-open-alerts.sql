SELECT count(*)::int AS count FROM alerts WHERE tenant = $1 AND rule_id = $2 AND state <> 'resolved'
