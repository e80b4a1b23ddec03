-- The newest as far as there is room for them, oldest of these first: the order in which series are forgotten.
SELECT tenant, metric, labels, recent_values
FROM (
  SELECT tenant, metric, labels, recent_values, updated_at
  FROM baselines
  WHERE updated_at > $1
  ORDER BY updated_at DESC
  LIMIT $2
) AS newest
ORDER BY updated_at
