-- What people said of alerts and groups in a time, oldest first.
SELECT decided_at, reason, fingerprints, group_key, due_at
FROM alert_decisions
WHERE tenant = $1 AND decided_at >= $2 AND decided_at < $3 AND step = 'action' AND reason = ANY ($4::text[])
ORDER BY decided_at, decision_id
LIMIT $5
