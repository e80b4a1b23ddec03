-- What is due: for each channel that is not being told something already, the rule that has waited longest. Of all
-- tenants; everything that follows stays within one.
SELECT tenant, channel, rule_id
FROM (
  SELECT DISTINCT ON (tenant, channel) tenant, channel, rule_id, due_at
  FROM alert_notifications
  WHERE state = 'due' AND due_at <= $1
    AND (tenant, channel) NOT IN (SELECT * FROM unnest($2::text[], $3::text[]))
  ORDER BY tenant, channel, due_at
) AS first_of_channel
ORDER BY due_at
LIMIT $4
