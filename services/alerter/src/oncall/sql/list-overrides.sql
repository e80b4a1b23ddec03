-- Of one schedule, or with '' of all: those in force at $3 that end after $4, in the order in which they were made.
SELECT override_id, schedule, username, start_at, end_at, note, created_at, created_by, removed_at
FROM oncall_overrides
WHERE tenant = $1 AND ($2 = '' OR schedule = $2)
  AND created_at <= $3 AND (removed_at IS NULL OR removed_at > $3)
  AND end_at > $4
ORDER BY created_at, override_id
