-- The newest first; after ($4) the one of that id or number.
SELECT *
FROM incidents
WHERE tenant = $1 AND state = ANY ($2::text[])
  AND (
    $4 = ''
    OR (opened_at, number) < (
      SELECT last.opened_at, last.number
      FROM incidents AS last
      WHERE last.tenant = $1 AND (last.incident_id::text = $4 OR last.number::text = $4)
    )
  )
ORDER BY opened_at DESC, number DESC
LIMIT $3
