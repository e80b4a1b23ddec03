UPDATE inbound_deliveries SET done_at = $4 WHERE tenant = $1 AND source_id = $2 AND delivery_id = $3
