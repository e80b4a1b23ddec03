-- By whoever took it: nobody holds it any more, and where it is done nobody takes it again.
UPDATE inbound_deliveries SET done_at = COALESCE(done_at, $5), claimed_until = NULL
WHERE tenant = $1 AND source_id = $2 AND delivery_id = $3 AND (claim = $4 OR $5::timestamptz IS NOT NULL)
