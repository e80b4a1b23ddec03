-- The labels of the alerts of some names that fire, whatever they are of.
SELECT rule_name, labels
FROM alerts
WHERE tenant = $1 AND rule_name = ANY ($2::text[]) AND state IN ('firing', 'acknowledged')
LIMIT $3
