-- One at a time changes a tenant's rule files: the bounds are those of all of them together.
SELECT pg_advisory_xact_lock(hashtextextended('rule files ' || $1, 0))
