INSERT INTO alert_labels (tenant, fingerprint, labels, seen_at)
SELECT $1, fingerprint, labels, $4 FROM unnest($2::text[], $3::jsonb[]) AS seen (fingerprint, labels)
ON CONFLICT (tenant, fingerprint) DO UPDATE SET seen_at = EXCLUDED.seen_at
