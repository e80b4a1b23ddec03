-- The newest first; those that were opened before the one of the id $4 or the number $5, where either is given.
SELECT *
FROM incidents
WHERE tenant = $1 AND state = ANY ($2::text[])
  AND (
    $4::uuid IS NULL AND $5::bigint IS NULL
    OR (opened_at, number) < (
      SELECT last.opened_at, last.number
      FROM incidents AS last
      WHERE last.tenant = $1 AND (last.incident_id = $4::uuid OR last.number = $5::bigint)
    )
  )
ORDER BY opened_at DESC, number DESC
LIMIT $3
