-- Whoever changes windows waits here for whoever else does.
INSERT INTO alert_versions (tenant, maintenance) VALUES ($1, 1)
ON CONFLICT (tenant) DO UPDATE SET maintenance = alert_versions.maintenance + 1
