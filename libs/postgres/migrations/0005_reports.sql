-- Reports that were made: the facts as they were then, so that a report never changes with the data it was made of.
CREATE TABLE reports (
  tenant text NOT NULL,
  report_id uuid NOT NULL,
  kind text NOT NULL,
  title text NOT NULL,
  -- Nanoseconds since the Unix epoch; the end is exclusive.
  start_unix_nano bigint NOT NULL,
  end_unix_nano bigint NOT NULL,
  created_unix_nano bigint NOT NULL,
  fleet_health_score double precision NOT NULL,
  healthy_systems integer NOT NULL,
  total_systems integer NOT NULL,
  -- The whole document; its HTML is made from it.
  document jsonb NOT NULL,
  PRIMARY KEY (tenant, report_id)
);

CREATE INDEX reports_newest ON reports (tenant, created_unix_nano DESC, report_id DESC);
