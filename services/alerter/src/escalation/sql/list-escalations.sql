SELECT tenant, escalation_id, receiver, group_key, state, notification, care_at, care_confirmed, begun_at, ended_at
FROM escalations
WHERE tenant = $1
  AND ($2::text[] = '{}' OR state ->> 'status' = ANY ($2::text[]))
  AND ($3 = '' OR state ->> 'policy' = $3)
  AND ($4 = '' OR receiver = $4)
  AND ($5 = '' OR group_hash = $5)
  AND ($6 = '' OR state ->> 'assignee' = $6 OR state -> 'told' @> $7::jsonb)
  AND ($8 OR ended_at IS NULL)
  AND ($9::uuid IS NULL OR escalation_id < $9)
ORDER BY escalation_id DESC
LIMIT $10
