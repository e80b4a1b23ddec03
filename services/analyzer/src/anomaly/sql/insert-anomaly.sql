INSERT INTO anomalies (
  tenant, event_id, time_unix_nano, metric, labels, value, expected_low, expected_high, confidence, evidence
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (tenant, event_id) DO NOTHING
