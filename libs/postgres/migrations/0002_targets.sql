-- What the collector goes to, beside what its configuration file names.

CREATE TABLE targets (
  tenant text NOT NULL REFERENCES tenants (name),
  name text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 128),
  kind text NOT NULL CHECK (kind IN ('http', 'tcp', 'scrape')),
  address text NOT NULL CHECK (octet_length(address) BETWEEN 1 AND 2048),
  interval_ms integer NOT NULL CHECK (interval_ms BETWEEN 1000 AND 3600000),
  timeout_ms integer NOT NULL CHECK (timeout_ms BETWEEN 1 AND interval_ms),
  labels jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(labels) = 'object'),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, name)
);
