INSERT INTO baselines (tenant, series_key, metric, labels, recent_values, updated_at)
SELECT tenant, series_key, metric, labels::jsonb, recent_values, $6
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[])
  AS given (tenant, series_key, metric, labels, recent_values)
ON CONFLICT (tenant, series_key) DO UPDATE
SET recent_values = excluded.recent_values, updated_at = excluded.updated_at
