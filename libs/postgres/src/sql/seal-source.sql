-- Unless it was changed meanwhile.
UPDATE inbound_sources SET secret = $4 WHERE tenant = $1 AND source_id = $2 AND secret = $3
