-- Of all tenants: one replica sees to all of them. A storm of one keeps no other one waiting: one of each after the other. Each is read by
-- itself: what another version wrote is not understood, and no other one's trouble.
SELECT tenant, escalation_id
FROM escalations
WHERE due_at <= $1
ORDER BY row_number() OVER (PARTITION BY tenant ORDER BY due_at, escalation_id), due_at
LIMIT $2
