SELECT count(*)::int AS count FROM oncall_overrides
WHERE tenant = $1 AND schedule = $2 AND removed_at IS NULL AND end_at > $3
