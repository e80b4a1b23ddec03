INSERT INTO dispatch_records (tenant, kind, key, record)
SELECT $1, $2, * FROM unnest($3::text[], $4::jsonb[])
ON CONFLICT (tenant, kind, key) DO UPDATE SET record = EXCLUDED.record
