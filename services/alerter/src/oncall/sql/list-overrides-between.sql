-- Those of a schedule that put somebody on call at some moment from $3 until before $4, removed ones too.
SELECT override_id, schedule, username, start_at, end_at, note, created_at, created_by, removed_at
FROM oncall_overrides
WHERE tenant = $1 AND schedule = $2 AND start_at < $4 AND end_at > $3 AND (removed_at IS NULL OR removed_at > $3)
ORDER BY created_at, override_id
