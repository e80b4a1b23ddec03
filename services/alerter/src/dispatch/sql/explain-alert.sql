-- What was decided about an alert, about the groups that it was in as a whole, and about the maintenance windows that held it; the newest of
-- it, oldest first.
SELECT *
FROM (
  SELECT decision_id, decided_at, step, reason, detail, group_key, receiver, integration, ids, due_at
  FROM alert_decisions
  WHERE tenant = $1 AND decided_at >= $3 AND decided_at < $4
    AND (
      fingerprints @> ARRAY[$2::text]
      OR fingerprints = '{}' AND group_key <> '' AND group_key IN (
        SELECT of_alert.group_key
        FROM alert_decisions AS of_alert
        WHERE of_alert.tenant = $1 AND of_alert.fingerprints @> ARRAY[$2::text]
          AND of_alert.decided_at >= $3 AND of_alert.decided_at < $4
      )
      OR fingerprints = '{}' AND group_key = '' AND step = 'action' AND ids && ARRAY(
        SELECT unnest(held.ids)
        FROM alert_decisions AS held
        WHERE held.tenant = $1 AND held.fingerprints @> ARRAY[$2::text] AND held.step = 'maintenance'
          AND held.decided_at >= $3 AND held.decided_at < $4
      )
    )
  ORDER BY decision_id DESC
  LIMIT $5
) AS newest
ORDER BY decision_id
