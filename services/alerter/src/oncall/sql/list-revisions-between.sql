-- What was in force at some moment from $4 until before $5, oldest first.
SELECT name, revision, definition, changed_at, changed_by
FROM oncall_revisions
WHERE tenant = $1 AND kind = $2 AND name = $3 AND changed_at < $5
  AND revision >= coalesce(
    (
      SELECT max(revision) FROM oncall_revisions
      WHERE tenant = $1 AND kind = $2 AND name = $3 AND changed_at <= $4
    ),
    1
  )
ORDER BY revision
