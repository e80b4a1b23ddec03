-- By its id or by its number; whichever is not given is null.
SELECT * FROM incidents WHERE tenant = $1 AND (incident_id = $2::uuid OR number = $3::bigint)
