INSERT INTO oncall_revisions (tenant, kind, name, revision, definition, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
