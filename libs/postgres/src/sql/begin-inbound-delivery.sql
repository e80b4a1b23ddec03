-- When it came first, and whether it was done then.
INSERT INTO inbound_deliveries (tenant, source_id, delivery_id, received_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, source_id, delivery_id) DO UPDATE SET received_at = inbound_deliveries.received_at
RETURNING received_at, done_at IS NOT NULL AS is_done
