SELECT tenant, metric, labels, recent_values
FROM baselines
WHERE updated_at > $1
ORDER BY updated_at
LIMIT $2
