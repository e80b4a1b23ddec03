-- Of all tenants: one replica sees to all of them. Each is read by itself: what another version wrote is not understood, and no other one's trouble.
SELECT tenant, escalation_id
FROM escalations
WHERE due_at <= $1
ORDER BY due_at
LIMIT $2
