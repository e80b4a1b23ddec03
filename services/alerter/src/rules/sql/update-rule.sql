-- The time always grows, so that every change shows in it.
UPDATE alert_rules SET
  name = $3,
  enabled = $4,
  definition = $5,
  updated_at = greatest($6, updated_at + interval '1 microsecond'),
  last_error = ''
WHERE tenant = $1 AND rule_id = $2
