-- One at a time for each name, until the end of the transaction: several processes register the same keys at start.
SELECT pg_advisory_xact_lock(hashtextextended('api key ' || $1 || '/' || $2, 0))
