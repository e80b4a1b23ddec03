SELECT event_id, time_unix_nano::text, metric, labels, value, expected_low, expected_high, confidence, evidence
FROM anomalies
WHERE tenant = $1 AND time_unix_nano >= $2 AND time_unix_nano < $3
ORDER BY time_unix_nano DESC, event_id DESC
LIMIT $4
