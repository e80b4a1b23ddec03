-- One at a time changes what belongs together: policies name schedules.
SELECT pg_advisory_xact_lock(hashtextextended('oncall ' || $1, 0))
