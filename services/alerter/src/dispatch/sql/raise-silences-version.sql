-- Whoever changes silences waits here for whoever else does.
INSERT INTO alert_versions (tenant, silences) VALUES ($1, 1)
ON CONFLICT (tenant) DO UPDATE SET silences = alert_versions.silences + 1
