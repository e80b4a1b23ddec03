-- What lies between an alert and a notification: who is told of what, what hides it, and what was told.

-- alertmanager.yml as it was put, every version, so that it can be said later why somebody was told or not. It may hold
-- secrets, which no answer ever shows.
CREATE TABLE alert_configurations (
  tenant text NOT NULL,
  version bigint NOT NULL,
  source text NOT NULL,
  -- The files that its `templates` name: name to text.
  templates jsonb NOT NULL,
  author text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, version)
);

-- Counted up with every change, so that who dispatches sees at a glance what to read anew.
CREATE TABLE alert_versions (
  tenant text NOT NULL PRIMARY KEY,
  configuration bigint NOT NULL DEFAULT 0,
  silences bigint NOT NULL DEFAULT 0
);

-- What is waiting to be taken by the one replica that dispatches: alerts that were sent, acknowledgements. An answer to
-- the sender is given when it is in here.
CREATE TABLE alert_inbox (
  entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  entry jsonb NOT NULL,
  bytes integer NOT NULL,
  received_at timestamptz NOT NULL
);
CREATE INDEX alert_inbox_of_tenant ON alert_inbox (tenant, entry_id);

-- All that dispatching knows, so that another replica goes on where one ended. The notification log is the kind `log`:
-- one entry for each group, receiver and integration, which is what its key says.
CREATE TABLE dispatch_records (
  tenant text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('alert', 'group', 'log', 'acknowledgement')),
  key text NOT NULL,
  record jsonb NOT NULL,
  PRIMARY KEY (tenant, kind, key)
);

-- Counted up by whoever begins to dispatch: one who stood still and wakes up late finds another number here, and tells
-- nobody any more. Of no tenant.
CREATE TABLE dispatch_epoch (
  only_row boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (only_row),
  epoch bigint NOT NULL,
  -- When somebody dispatched last: what would have ended since goes on until its sender had time to send it again.
  alive_at timestamptz
);
INSERT INTO dispatch_epoch (epoch) VALUES (0);

CREATE TABLE alert_silences (
  tenant text NOT NULL,
  silence_id uuid NOT NULL,
  silence jsonb NOT NULL,
  ends_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, silence_id)
);

-- Every decision between an alert and a notification, for the question why.
CREATE TABLE alert_decisions (
  decision_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  decided_at timestamptz NOT NULL,
  step text NOT NULL,
  reason text NOT NULL,
  -- Of the alerts that it is about; none where it is about a group as a whole.
  fingerprints text[] NOT NULL,
  group_key text NOT NULL,
  receiver text NOT NULL,
  integration text NOT NULL,
  -- The silences, inhibiting alerts, time intervals or windows that decided.
  ids text[] NOT NULL,
  due_at timestamptz,
  detail text NOT NULL
);
CREATE INDEX alert_decisions_of_alert ON alert_decisions USING gin (fingerprints);
CREATE INDEX alert_decisions_by_time ON alert_decisions (tenant, decided_at);
CREATE INDEX alert_decisions_old ON alert_decisions (decided_at);
