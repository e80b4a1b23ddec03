INSERT INTO retention (tenant, kind, days) VALUES ($1, $2, $3)
ON CONFLICT (tenant, kind) DO UPDATE SET days = excluded.days, changed_at = now()
