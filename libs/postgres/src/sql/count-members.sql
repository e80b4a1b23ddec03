-- How many sessions hold a lock of that name together.
SELECT count(*)::int AS members
FROM pg_locks
WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND mode = 'ShareLock'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND classid::bigint = (hashtextextended($1, 0) >> 32) & 4294967295
  AND objid::bigint = hashtextextended($1, 0) & 4294967295
