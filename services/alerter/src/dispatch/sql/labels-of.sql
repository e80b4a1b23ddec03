SELECT fingerprint, labels FROM alert_labels WHERE tenant = $1 AND fingerprint = ANY ($2::text[])
