-- Alert rules, the alerts they found, whom these were told to, and what is still to be told.

-- Where notifications go. `definition` is a sightline.alert.v1.Channel: the contract is the schema, so that a kind of
-- channel added there needs no migration. It holds the bearer token, which no answer ever shows.
CREATE TABLE alert_channels (
  tenant text NOT NULL,
  name text NOT NULL,
  definition bytea NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, name)
);

-- `definition` is a sightline.alert.v1.Rule as it was put; the columns repeat what is looked for.
CREATE TABLE alert_rules (
  tenant text NOT NULL,
  rule_id uuid NOT NULL,
  name text NOT NULL,
  enabled boolean NOT NULL,
  definition bytea NOT NULL,
  updated_at timestamptz NOT NULL,
  last_evaluated_at timestamptz,
  -- Why the last evaluation failed; '' when it did not.
  last_error text NOT NULL DEFAULT '',
  PRIMARY KEY (tenant, rule_id),
  UNIQUE (tenant, name)
);

CREATE TABLE alert_rule_channels (
  tenant text NOT NULL,
  rule_id uuid NOT NULL,
  channel text NOT NULL,
  PRIMARY KEY (tenant, rule_id, channel),
  FOREIGN KEY (tenant, rule_id) REFERENCES alert_rules ON DELETE CASCADE,
  FOREIGN KEY (tenant, channel) REFERENCES alert_channels
);
CREATE INDEX alert_rule_channels_by_channel ON alert_rule_channels (tenant, channel);

-- Which tenants have been given the default rules, so that a rule they delete does not come back.
CREATE TABLE alert_default_rules (
  tenant text NOT NULL PRIMARY KEY,
  given_at timestamptz NOT NULL
);

-- A rule may go while its alerts stay as history: no foreign key.
CREATE TABLE alerts (
  tenant text NOT NULL,
  alert_id uuid NOT NULL,
  rule_id uuid NOT NULL,
  rule_name text NOT NULL,
  fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{16}$'),
  state text NOT NULL CHECK (state IN ('pending', 'firing', 'acknowledged', 'resolved')),
  -- 1 (debug) to 5 (critical).
  severity smallint NOT NULL CHECK (severity BETWEEN 1 AND 5),
  labels jsonb NOT NULL,
  annotations jsonb NOT NULL,
  summary text NOT NULL,
  value double precision NOT NULL,
  pending_since timestamptz,
  fired_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text NOT NULL DEFAULT '',
  resolved_at timestamptz,
  resolved_by text NOT NULL DEFAULT '',
  PRIMARY KEY (tenant, alert_id)
);
-- One thing has one open alert, however many evaluators there are.
CREATE UNIQUE INDEX alerts_open ON alerts (tenant, rule_id, fingerprint) WHERE state <> 'resolved';
CREATE INDEX alerts_resolved ON alerts (tenant, resolved_at) WHERE state = 'resolved';

-- Every step of every alert. Written together with the step; told to the bus afterwards, from here.
CREATE TABLE alert_changes (
  change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  alert_id uuid NOT NULL,
  changed_at timestamptz NOT NULL,
  -- '' for the first step.
  from_state text NOT NULL,
  to_state text NOT NULL,
  -- Why, as a fixed word.
  reason text NOT NULL,
  -- The user, or 'rule'.
  actor text NOT NULL,
  note text NOT NULL,
  value double precision NOT NULL,
  published_at timestamptz,
  FOREIGN KEY (tenant, alert_id) REFERENCES alerts ON DELETE CASCADE
);
CREATE INDEX alert_changes_of_alert ON alert_changes (tenant, alert_id, change_id);
CREATE INDEX alert_changes_unpublished ON alert_changes (change_id) WHERE published_at IS NULL;

-- What is to be told or has been told. An alert fires once and is resolved once, and each channel hears of either once:
-- the unique key is what keeps a second evaluator from telling it again.
CREATE TABLE alert_notifications (
  notification_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  alert_id uuid NOT NULL,
  -- The alert's: what goes to one channel at one time goes together.
  rule_id uuid NOT NULL,
  channel text NOT NULL,
  status text NOT NULL CHECK (status IN ('firing', 'resolved')),
  state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'delivered', 'failed')),
  -- Attempts begun. Counted before sending, so that a crash between sending and recording costs one attempt and gives
  -- at most one duplicate.
  attempts integer NOT NULL DEFAULT 0,
  -- When to try next; during an attempt, when that attempt counts as lost.
  due_at timestamptz NOT NULL,
  UNIQUE (tenant, alert_id, channel, status),
  FOREIGN KEY (tenant, alert_id) REFERENCES alerts ON DELETE CASCADE
);
CREATE INDEX alert_notifications_due ON alert_notifications (due_at, tenant, channel) WHERE state = 'due';

-- The delivery log.
CREATE TABLE alert_notification_attempts (
  notification_id bigint NOT NULL REFERENCES alert_notifications ON DELETE CASCADE,
  attempt integer NOT NULL,
  attempted_at timestamptz NOT NULL,
  delivered boolean NOT NULL,
  -- What the receiver answered, or why it could not be reached.
  outcome text NOT NULL,
  PRIMARY KEY (notification_id, attempt)
);

-- What event rules have seen: per group the newest matches, as many as the rule counts to, oldest first, each as [event
-- id, unix ms when it happened, unix ms when we received it]. Kept here so that "3 times in 300 s" survives a restart.
CREATE TABLE alert_windows (
  tenant text NOT NULL,
  rule_id uuid NOT NULL,
  fingerprint text NOT NULL,
  matches jsonb NOT NULL,
  -- Time of the newest event that ended the alert; matches up to then do not count.
  ended_at timestamptz,
  -- When nothing in it can count any more.
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, rule_id, fingerprint),
  FOREIGN KEY (tenant, rule_id) REFERENCES alert_rules ON DELETE CASCADE
);
CREATE INDEX alert_windows_expired ON alert_windows (expires_at);

-- Messages of the bus whose events changed a window, so that one delivered again changes it only once. Of no tenant:
-- the key is the place on the bus.
CREATE TABLE alert_messages (
  message text NOT NULL PRIMARY KEY,
  seen_at timestamptz NOT NULL
);
CREATE INDEX alert_messages_seen ON alert_messages (seen_at);
