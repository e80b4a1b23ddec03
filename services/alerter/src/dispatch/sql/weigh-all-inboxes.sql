-- Of all tenants.
SELECT count(*)::int AS entries, coalesce(sum(bytes), 0)::float8 AS bytes, min(received_at) AS oldest_at FROM alert_inbox
