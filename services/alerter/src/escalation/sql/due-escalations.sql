-- Of all tenants: one replica sees to all of them.
SELECT tenant, escalation_id, receiver, group_key, state, notification, care_at, care_confirmed, begun_at, ended_at
FROM escalations
WHERE due_at <= $1
ORDER BY due_at
LIMIT $2
