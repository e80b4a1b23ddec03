-- Without a range ($3, $4 null): alerts that are in one of the states. With one: alerts that were in one of them at some
-- moment of it, `resolved` being the moment of the resolution. Only of the rules in $6, where there are any.
SELECT *
FROM alerts
WHERE tenant = $1 AND CASE
  WHEN $3::timestamptz IS NULL THEN state = ANY ($2::text[])
  ELSE
    ('pending' = ANY ($2) AND pending_since < $4 AND coalesce(fired_at, resolved_at, 'infinity') >= $3)
    OR ('firing' = ANY ($2) AND fired_at < $4 AND coalesce(acknowledged_at, resolved_at, 'infinity') >= $3)
    OR ('acknowledged' = ANY ($2) AND acknowledged_at < $4 AND coalesce(resolved_at, 'infinity') >= $3)
    OR ('resolved' = ANY ($2) AND resolved_at >= $3 AND resolved_at < $4)
  END
  AND (cardinality($6::uuid[]) = 0 OR rule_id = ANY ($6))
ORDER BY
  array_position(ARRAY['firing', 'pending', 'acknowledged', 'resolved'], state),
  coalesce(fired_at, pending_since) DESC,
  alert_id DESC
LIMIT $5
