-- How long a tenant's records are kept, where that is not the default.
CREATE TABLE retention (
  tenant text NOT NULL REFERENCES tenants (name),
  kind text NOT NULL CHECK (kind IN ('logs', 'traces', 'sampled_traces', 'metrics', 'metric_rollups', 'events')),
  days integer NOT NULL CHECK (days BETWEEN 1 AND 3650),
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, kind)
);

-- Tables of ClickHouse that could not be made to keep their rows so long, and why, at the last attempt.
CREATE TABLE retention_failures (
  table_name text PRIMARY KEY,
  reason text NOT NULL,
  failed_at timestamptz NOT NULL DEFAULT now()
);
