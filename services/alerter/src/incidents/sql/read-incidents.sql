-- Those that are not over, or ($2 given) the one of that id or number; the oldest first.
SELECT *
FROM incidents
WHERE tenant = $1
  AND CASE WHEN $2::text IS NULL THEN state <> 'resolved' ELSE incident_id::text = $2 OR number::text = $2 END
ORDER BY opened_at, number
