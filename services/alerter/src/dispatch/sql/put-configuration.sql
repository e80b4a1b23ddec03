-- The next version; the row of versions is locked until the transaction ends, so that no two are the same.
WITH next AS (
  INSERT INTO alert_versions (tenant, configuration) VALUES ($1, 1)
  ON CONFLICT (tenant) DO UPDATE SET configuration = alert_versions.configuration + 1
  RETURNING configuration
)
INSERT INTO alert_configurations (tenant, version, source, templates, author, created_at)
SELECT $1, configuration, $2, $3, $4, $5 FROM next
RETURNING version
