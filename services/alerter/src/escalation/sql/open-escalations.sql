SELECT tenant, escalation_id, receiver, group_key, state, notification, care_at, care_confirmed, begun_at, ended_at
FROM escalations
WHERE tenant = $1 AND ended_at IS NULL AND state ->> 'policy' = ANY ($2::text[])
ORDER BY escalation_id DESC
LIMIT $3
