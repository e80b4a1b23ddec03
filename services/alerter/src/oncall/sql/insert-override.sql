INSERT INTO oncall_overrides (tenant, override_id, schedule, username, start_at, end_at, note, created_at, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
