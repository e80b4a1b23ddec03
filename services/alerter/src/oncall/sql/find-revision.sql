SELECT name, revision, definition, changed_at, changed_by
FROM oncall_revisions
WHERE tenant = $1 AND kind = $2 AND name = $3 AND changed_at <= $4
ORDER BY revision DESC
LIMIT 1
