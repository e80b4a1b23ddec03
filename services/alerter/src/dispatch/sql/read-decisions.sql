-- All that was decided in a time, oldest first.
SELECT decided_at, step, reason, detail, fingerprints, group_key, receiver, integration, ids, due_at
FROM alert_decisions
WHERE tenant = $1 AND decided_at >= $2 AND decided_at < $3
ORDER BY decided_at, decision_id
LIMIT $4
