-- Alerts that belong together, and what happened about them.

-- What was decided about alerts, for the one replica that makes incidents of it. Written together with the decision.
CREATE TABLE incident_inbox (
  entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  decided_at timestamptz NOT NULL,
  step text NOT NULL,
  reason text NOT NULL,
  fingerprints text[] NOT NULL,
  group_key text NOT NULL,
  receiver text NOT NULL,
  integration text NOT NULL,
  detail text NOT NULL
);

-- Counted up by whoever changes a tenant's incidents, which keeps others waiting until that is done.
CREATE TABLE incident_versions (
  tenant text NOT NULL PRIMARY KEY,
  version bigint NOT NULL,
  -- The number of the newest incident.
  number bigint NOT NULL
);

CREATE TABLE incidents (
  tenant text NOT NULL,
  incident_id uuid NOT NULL,
  -- By which people call it.
  number bigint NOT NULL,
  title text NOT NULL,
  -- '' for nobody.
  owner text NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'mitigated', 'resolved')),
  -- 1 (debug) to 5 (critical): the worst of its alerts.
  severity smallint NOT NULL CHECK (severity BETWEEN 1 AND 5),
  opened_at timestamptz NOT NULL,
  -- Since when none of its alerts fires; NULL while one does.
  quiet_since timestamptz,
  resolved_at timestamptz,
  -- A user; '' where it was over by itself.
  resolved_by text NOT NULL,
  -- The incident that its alerts are part of now.
  merged_into uuid,
  alerts integer NOT NULL,
  firing integer NOT NULL,
  services text[] NOT NULL,
  PRIMARY KEY (tenant, incident_id),
  UNIQUE (tenant, number)
);
CREATE INDEX incidents_open ON incidents (tenant) WHERE state <> 'resolved';
CREATE INDEX incidents_by_time ON incidents (tenant, opened_at DESC);
CREATE INDEX incidents_old ON incidents (resolved_at) WHERE state = 'resolved';

CREATE TABLE incident_alerts (
  tenant text NOT NULL,
  incident_id uuid NOT NULL,
  fingerprint text NOT NULL,
  -- The alert as it was when it joined, and why it did.
  alert jsonb NOT NULL,
  PRIMARY KEY (tenant, incident_id, fingerprint),
  FOREIGN KEY (tenant, incident_id) REFERENCES incidents ON DELETE CASCADE
);

-- The time line.
CREATE TABLE incident_entries (
  entry_id bigint GENERATED ALWAYS AS IDENTITY,
  tenant text NOT NULL,
  incident_id uuid NOT NULL,
  happened_at timestamptz NOT NULL,
  kind text NOT NULL,
  -- A user, a receiver, or ''.
  actor text NOT NULL,
  words text NOT NULL,
  -- Of the alert that it is about; '' for none.
  fingerprint text NOT NULL,
  PRIMARY KEY (tenant, incident_id, entry_id),
  FOREIGN KEY (tenant, incident_id) REFERENCES incidents ON DELETE CASCADE
);
