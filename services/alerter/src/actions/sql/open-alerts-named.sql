-- Alerts of rules that fire. Those of rule files are known to the routes by their own fingerprint, the others by labels that have to be
-- put together first: by the name of their rule. Whoever else moves them waits.
SELECT *
FROM alerts
WHERE tenant = $1 AND state IN ('firing', 'acknowledged')
  AND (origin = 'rule' AND rule_name = ANY ($2::text[]) OR origin <> 'rule' AND fingerprint = ANY ($3::text[]))
ORDER BY alert_id
FOR UPDATE
