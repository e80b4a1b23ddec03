SELECT name, version, group_count, rule_count, octet_length(source) AS bytes, author, created_at, deleted
FROM rule_files
WHERE tenant = $1 AND name = $2
ORDER BY version DESC
