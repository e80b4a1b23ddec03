-- Those that somebody else has taken meanwhile are not among what it answers.
DELETE FROM incident_inbox WHERE tenant = $1 AND entry_id = ANY ($2::bigint[]) RETURNING entry_id
