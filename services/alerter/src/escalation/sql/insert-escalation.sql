INSERT INTO escalations (
  tenant, escalation_id, receiver, group_key, group_hash, state, notification, care_at, care_confirmed, begun_at, due_at,
  ended_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT DO NOTHING
