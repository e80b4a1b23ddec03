-- What the analyzer has learned and found.

-- The newest values of each series that is watched, so that a restart does not begin without experience.
CREATE TABLE baselines (
  tenant text NOT NULL,
  -- Metric and labels as one text.
  series_key text NOT NULL,
  metric text NOT NULL,
  labels jsonb NOT NULL,
  -- Oldest first, each a little-endian 64-bit float.
  recent_values bytea NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, series_key)
);

CREATE INDEX baselines_updated_at ON baselines (updated_at);

CREATE TABLE anomalies (
  tenant text NOT NULL,
  -- Of the event that tells of it.
  event_id uuid NOT NULL,
  -- Nanoseconds since the Unix epoch.
  time_unix_nano bigint NOT NULL,
  metric text NOT NULL,
  labels jsonb NOT NULL,
  value double precision NOT NULL,
  expected_low double precision NOT NULL,
  expected_high double precision NOT NULL,
  -- 0 to 1.
  confidence double precision NOT NULL,
  evidence text NOT NULL,
  PRIMARY KEY (tenant, event_id)
);

CREATE INDEX anomalies_newest ON anomalies (tenant, time_unix_nano DESC);
