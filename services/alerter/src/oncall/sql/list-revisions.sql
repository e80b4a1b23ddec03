-- The newest revision of each name that was made until then.
SELECT DISTINCT ON (name) name, revision, definition, changed_at, changed_by
FROM oncall_revisions
WHERE tenant = $1 AND kind = $2 AND changed_at <= $3
ORDER BY name, revision DESC
