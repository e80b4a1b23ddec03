INSERT INTO alert_maintenance_windows (tenant, window_id, name, definition) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, window_id) DO UPDATE SET name = EXCLUDED.name, definition = EXCLUDED.definition
