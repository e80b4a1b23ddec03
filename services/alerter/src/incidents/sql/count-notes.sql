SELECT count(*)::int AS notes FROM incident_entries WHERE tenant = $1 AND incident_id = $2 AND kind = 'note'
