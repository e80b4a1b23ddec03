-- With $3 = 0 the newest version of a name, also where it says that the file was deleted; else that version.
SELECT name, version, group_count, rule_count, octet_length(source) AS bytes, author, created_at, deleted, source
FROM rule_files
WHERE tenant = $1 AND name = $2 AND ($3::bigint = 0 OR version = $3)
ORDER BY version DESC
LIMIT 1
