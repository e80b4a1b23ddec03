CREATE TABLE IF NOT EXISTS schema_migrations (
  name text PRIMARY KEY,
  -- SHA-256 of the migration's text, hex.
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)
