INSERT INTO targets (tenant, name, kind, address, interval_ms, timeout_ms, labels)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (tenant, name) DO UPDATE
SET kind = excluded.kind,
    address = excluded.address,
    interval_ms = excluded.interval_ms,
    timeout_ms = excluded.timeout_ms,
    labels = excluded.labels,
    updated_at = now()
