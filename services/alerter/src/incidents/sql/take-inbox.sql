DELETE FROM incident_inbox WHERE tenant = $1 AND entry_id = ANY ($2::bigint[])
