UPDATE oncall_overrides SET removed_at = $3, removed_by = $4
WHERE tenant = $1 AND schedule = $2 AND removed_at IS NULL
