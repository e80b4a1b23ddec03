-- The next version, which who evaluates sees in rule_versions.
WITH next AS (
  INSERT INTO rule_versions (tenant, version) VALUES ($1, 1)
  ON CONFLICT (tenant) DO UPDATE SET version = rule_versions.version + 1
  RETURNING version
)
INSERT INTO rule_files (tenant, name, version, source, group_count, rule_count, author, created_at, deleted)
SELECT $1, $2, version, $3, $4, $5, $6, $7, $8 FROM next
RETURNING name, version, group_count, rule_count, octet_length(source) AS bytes, author, created_at, deleted
