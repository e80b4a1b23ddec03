-- Who is on call, who is told next, and how users want to be told.

-- Schedules, escalation policies and users' contact methods, each version of each, so that what was in force at a moment
-- can be told later: the newest that was made until then. `definition` is a sightline.alert.v1.Schedule,
-- EscalationPolicy or Contacts: the contract is the schema.
CREATE TABLE oncall_revisions (
  tenant text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('schedule', 'policy', 'contacts')),
  -- Of contacts the user.
  name text NOT NULL,
  revision integer NOT NULL CHECK (revision > 0),
  -- NULL: it was deleted.
  definition bytea,
  -- Later than that of the revision before.
  changed_at timestamptz NOT NULL,
  changed_by text NOT NULL,
  PRIMARY KEY (tenant, kind, name, revision)
);

-- Somebody in place of whoever would be on call. In force from its creation until its removal; one that is replaced is
-- removed and another one made.
CREATE TABLE oncall_overrides (
  tenant text NOT NULL,
  override_id uuid NOT NULL,
  -- A schedule's name; those of one that was deleted are removed with it.
  schedule text NOT NULL,
  username text NOT NULL,
  start_at timestamptz NOT NULL,
  end_at timestamptz NOT NULL CHECK (end_at > start_at),
  note text NOT NULL,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  removed_at timestamptz,
  -- '' while it is in force.
  removed_by text NOT NULL DEFAULT '',
  PRIMARY KEY (tenant, override_id)
);
CREATE INDEX oncall_overrides_of_schedule ON oncall_overrides (tenant, schedule, end_at);

-- Addresses of calendars, of a schedule or of a user: whoever has the token may read, without a key.
CREATE TABLE oncall_feeds (
  tenant text NOT NULL,
  feed_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('schedule', 'user')),
  -- Of the schedule, or the user.
  name text NOT NULL,
  -- The beginning of the token, by which people tell feeds apart.
  prefix text NOT NULL,
  -- SHA-256 of the whole token, hex: the token itself has enough randomness for a fast hash.
  token_hash text NOT NULL UNIQUE CHECK (length(token_hash) = 64),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (tenant, feed_id)
);
