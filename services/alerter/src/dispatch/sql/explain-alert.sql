-- What was decided about an alert, about the groups that it was in as a whole, and about the maintenance windows that held it; the newest of
-- it, oldest first.
WITH own AS MATERIALIZED (
  SELECT decision_id, step, ids, group_key
  FROM alert_decisions
  WHERE tenant = $1 AND fingerprints @> ARRAY[$2::text] AND decided_at >= $3 AND decided_at < $4
),
found AS (
  SELECT decision_id FROM own
  UNION
  SELECT of_group.decision_id
  FROM (SELECT DISTINCT group_key FROM own WHERE group_key <> '') AS known
  JOIN alert_decisions AS of_group
    ON md5(of_group.group_key) = md5(known.group_key) AND of_group.group_key = known.group_key
  WHERE of_group.tenant = $1 AND of_group.fingerprints = '{}' AND of_group.decided_at >= $3 AND of_group.decided_at < $4
  UNION
  SELECT of_window.decision_id
  FROM alert_decisions AS of_window
  WHERE of_window.tenant = $1 AND of_window.fingerprints = '{}' AND md5(of_window.group_key) = md5('')
    AND of_window.decided_at >= $3 AND of_window.decided_at < $4 AND of_window.step = 'action'
    AND of_window.ids && ARRAY(SELECT unnest(held.ids) FROM own AS held WHERE held.step = 'maintenance')
),
newest AS (
  SELECT decision_id FROM found ORDER BY decision_id DESC LIMIT $5
)
SELECT decision_id, decided_at, step, reason, detail, group_key, receiver, integration, ids, due_at
FROM newest
JOIN alert_decisions USING (decision_id)
ORDER BY decision_id
