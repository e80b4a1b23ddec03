INSERT INTO alert_windows (tenant, rule_id, fingerprint, matches, ended_at, expires_at)
SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::jsonb[], $5::timestamptz[], $6::timestamptz[])
ON CONFLICT (tenant, rule_id, fingerprint) DO UPDATE
SET matches = EXCLUDED.matches, ended_at = EXCLUDED.ended_at, expires_at = EXCLUDED.expires_at
