-- Of one escalation, oldest first.
SELECT decided_at, reason, detail, receiver, integration, ids, due_at
FROM alert_decisions
WHERE tenant = $1 AND step = 'escalation' AND ids @> ARRAY[$2::text]
ORDER BY decision_id
LIMIT $3
