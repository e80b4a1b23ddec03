-- When it came first, whether it was done then, and whether whoever asks is the one who takes it now. All gateways go by the clock of the
-- database; who finds the row held waits until that claim is there, and is told of it.
INSERT INTO inbound_deliveries AS known (tenant, source_id, delivery_id, received_at, claim, claimed_until)
VALUES ($1, $2, $3, $4, $5, clock_timestamp() + $6 * interval '1 millisecond')
ON CONFLICT (tenant, source_id, delivery_id) DO UPDATE SET
  claim = CASE WHEN known.claimed_until > clock_timestamp() THEN known.claim ELSE EXCLUDED.claim END,
  claimed_until = CASE WHEN known.claimed_until > clock_timestamp() THEN known.claimed_until ELSE EXCLUDED.claimed_until END
RETURNING received_at, done_at IS NOT NULL AS is_done, claim = $5 AS is_ours
