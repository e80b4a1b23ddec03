-- Of each incident the newest $4 of what comes again and again ($3) are kept; what people did stays.
DELETE FROM incident_entries
WHERE tenant = $1 AND entry_id IN (
  SELECT entry_id
  FROM (
    SELECT entry_id, row_number() OVER (PARTITION BY incident_id ORDER BY entry_id DESC) AS place
    FROM incident_entries
    WHERE tenant = $1 AND incident_id = ANY ($2::uuid[]) AND kind = ANY ($3::text[])
  ) AS placed
  WHERE place > $4
)
