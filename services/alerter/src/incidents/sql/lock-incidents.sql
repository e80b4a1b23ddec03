-- Keeps others from changing the tenant's incidents until the transaction is over, and lets them know that it did.
INSERT INTO incident_versions (tenant, version, number) VALUES ($1, 1, 0)
ON CONFLICT (tenant) DO UPDATE SET version = incident_versions.version + 1
RETURNING version::float8 AS version, number::float8 AS number
