UPDATE inbound_sources SET last_received_at = $3, last_problem = $4 WHERE tenant = $1 AND source_id = $2
