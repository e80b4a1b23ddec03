-- The files of a tenant that are in force; without the text of those that are known in this version.
SELECT newest.name, newest.version, newest.created_at,
  CASE WHEN known.name IS NULL THEN newest.source END AS source
FROM (
  SELECT DISTINCT ON (name) name, version, source, created_at, deleted
  FROM rule_files
  WHERE tenant = $1
  ORDER BY name, version DESC
) AS newest
LEFT JOIN unnest($2::text[], $3::bigint[]) AS known (name, version)
  ON known.name = newest.name AND known.version = newest.version
WHERE NOT newest.deleted
ORDER BY newest.name
