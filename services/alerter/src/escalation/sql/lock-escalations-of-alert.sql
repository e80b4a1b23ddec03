SELECT tenant, escalation_id, receiver, group_key, state, notification, care_at, care_confirmed, begun_at, ended_at
FROM escalations
WHERE tenant = $1 AND ended_at IS NULL AND notification @> $2::jsonb
ORDER BY escalation_id
FOR UPDATE
