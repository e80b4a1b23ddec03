-- The files in force: the newest version of each name that was not deleted.
SELECT name, version, group_count, rule_count, bytes, author, created_at, deleted
FROM (
  SELECT DISTINCT ON (name)
    name, version, group_count, rule_count, octet_length(source) AS bytes, author, created_at, deleted
  FROM rule_files
  WHERE tenant = $1
  ORDER BY name, version DESC
) AS newest
WHERE NOT deleted
ORDER BY name COLLATE "C"
