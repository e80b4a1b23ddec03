-- What is due: for each channel but those of $2 and $3 and of the tenants $5, the rule that has waited longest. Of all
-- other tenants, one of each after the other; everything that follows stays within one. The end of an alert is due behind its beginning.
SELECT tenant, channel, rule_id
FROM (
  SELECT DISTINCT ON (tenant, channel) tenant, channel, rule_id, due_at
  FROM alert_notifications AS candidate
  WHERE state = 'due' AND due_at <= $1
    AND (tenant, channel) NOT IN (SELECT * FROM unnest($2::text[], $3::text[]))
    AND tenant <> ALL ($5::text[])
    AND NOT EXISTS (
      SELECT 1
      FROM alert_notifications AS earlier
      WHERE earlier.tenant = candidate.tenant AND earlier.alert_id = candidate.alert_id
        AND earlier.channel = candidate.channel AND earlier.state IN ('due', 'held')
        AND earlier.notification_id < candidate.notification_id
    )
  ORDER BY tenant, channel, due_at
) AS first_of_channel
ORDER BY row_number() OVER (PARTITION BY tenant ORDER BY due_at), due_at
LIMIT $4
