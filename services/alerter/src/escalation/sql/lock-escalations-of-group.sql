-- Of one receiver, or with '' of all.
SELECT tenant, escalation_id, receiver, group_key, state, notification, care_at, care_confirmed, begun_at, ended_at
FROM escalations
WHERE tenant = $1 AND group_hash = $2 AND ($3 = '' OR receiver = $3) AND ended_at IS NULL
ORDER BY escalation_id
FOR UPDATE
