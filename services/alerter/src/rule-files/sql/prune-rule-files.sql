-- Of a file that was changed the newest $3 versions stay, and of files that were deleted the last $4.
WITH forgotten AS (
  SELECT name
  FROM (
    SELECT DISTINCT ON (name) name, version, deleted
    FROM rule_files
    WHERE tenant = $1
    ORDER BY name, version DESC
  ) AS newest
  WHERE deleted
  ORDER BY version DESC
  OFFSET $4
)
DELETE FROM rule_files
WHERE tenant = $1
  AND (
    name IN (SELECT name FROM forgotten)
    OR name = $2 AND version <= (
      SELECT version FROM rule_files
      WHERE tenant = $1 AND name = $2
      ORDER BY version DESC
      OFFSET $3 LIMIT 1
    )
  )
