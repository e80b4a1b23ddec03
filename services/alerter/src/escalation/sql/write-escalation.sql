UPDATE escalations
SET group_hash = $3, state = $4, notification = $5, care_at = $6, care_confirmed = $7, begun_at = $8, due_at = $9,
  ended_at = $10
WHERE tenant = $1 AND escalation_id = $2
