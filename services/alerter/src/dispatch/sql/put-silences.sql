INSERT INTO alert_silences (tenant, silence_id, silence, ends_at)
SELECT $1, * FROM unnest($2::uuid[], $3::jsonb[], $4::timestamptz[])
ON CONFLICT (tenant, silence_id) DO UPDATE SET silence = EXCLUDED.silence, ends_at = EXCLUDED.ends_at
