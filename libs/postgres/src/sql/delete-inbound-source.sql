DELETE FROM inbound_sources WHERE tenant = $1 AND source_id = $2
