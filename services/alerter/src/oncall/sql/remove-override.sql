UPDATE oncall_overrides SET removed_at = $4, removed_by = $5
WHERE tenant = $1 AND schedule = $2 AND override_id = $3 AND removed_at IS NULL
