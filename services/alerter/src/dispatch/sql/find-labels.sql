-- Those of alerts that have all of some labels.
SELECT fingerprint, labels FROM alert_labels WHERE tenant = $1 AND labels @> $2::jsonb LIMIT $3
