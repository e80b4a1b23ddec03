INSERT INTO alert_channels (tenant, name, definition, updated_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, name) DO UPDATE SET definition = EXCLUDED.definition, updated_at = EXCLUDED.updated_at
