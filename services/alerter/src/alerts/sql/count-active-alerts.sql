SELECT count(*)::int AS count FROM alerts WHERE tenant = $1 AND state <> 'resolved'
