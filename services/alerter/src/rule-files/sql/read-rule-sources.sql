-- The texts of the files in force, of those names.
SELECT name, version, source
FROM (
  SELECT DISTINCT ON (name) name, version, source, deleted
  FROM rule_files
  WHERE tenant = $1 AND name = ANY ($2::text[])
  ORDER BY name, version DESC
) AS newest
WHERE NOT deleted
