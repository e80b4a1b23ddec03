-- Ends the session that holds the lease $1 and has said nothing for $2 milliseconds. Only Postgres' clock is asked.
SELECT pg_terminate_backend(holder.pid) AS ended
FROM pg_locks AS lock
JOIN pg_stat_activity AS holder ON holder.pid = lock.pid
WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 1
  AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND lock.classid::bigint = (hashtextextended($1, 0) >> 32) & 4294967295
  AND lock.objid::bigint = hashtextextended($1, 0) & 4294967295
  AND holder.state_change < clock_timestamp() - $2 * interval '1 millisecond'
