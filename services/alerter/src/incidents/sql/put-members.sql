INSERT INTO incident_alerts (tenant, incident_id, fingerprint, alert)
SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::jsonb[])
ON CONFLICT (tenant, incident_id, fingerprint) DO UPDATE SET alert = EXCLUDED.alert
