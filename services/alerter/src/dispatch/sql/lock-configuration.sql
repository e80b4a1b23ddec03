-- One at a time changes a tenant's configuration: what it goes on with is that of the version before.
SELECT pg_advisory_xact_lock(hashtextextended('configuration ' || $1, 0))
