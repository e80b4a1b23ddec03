-- Its address alone: what people change of it meanwhile is theirs.
UPDATE inbound_sources SET prefix = $3, token_hash = $4 WHERE tenant = $1 AND source_id = $2
