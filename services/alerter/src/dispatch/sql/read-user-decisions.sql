-- What shows that a user was told in a time: what escalations did about them, and what their own receivers took. The newest first.
SELECT decided_at, step, reason, detail, fingerprints, group_key, receiver, integration, ids, due_at
FROM alert_decisions
WHERE tenant = $1 AND decided_at >= $2 AND decided_at < $3
  AND ((step = 'escalation' AND ids @> ARRAY['user:' || $4]) OR (step = 'delivered' AND receiver = ANY ($5::text[])))
ORDER BY decided_at DESC, decision_id DESC
LIMIT $6
