-- Who sends alerts and events in formats of their own: each has an address with a token, which is its key.
CREATE TABLE inbound_sources (
  tenant text NOT NULL,
  source_id uuid NOT NULL,
  name text NOT NULL,
  -- What it speaks: 'alertmanager', 'github'…; an open list, as the program's is.
  kind text NOT NULL,
  -- Labels that its alerts get, how long they last, the mapping of a generic one.
  settings jsonb NOT NULL,
  -- With what it signs, or what it sends along; '' for none. No answer ever shows it.
  secret text NOT NULL,
  -- The beginning of the token, by which people tell addresses apart.
  prefix text NOT NULL,
  -- SHA-256 of the whole token, hex: the token itself has enough randomness for a fast hash.
  token_hash text NOT NULL UNIQUE CHECK (length(token_hash) = 64),
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  last_received_at timestamptz,
  -- What was wrong with what it sent last; '' for nothing.
  last_problem text NOT NULL DEFAULT '',
  PRIMARY KEY (tenant, source_id),
  UNIQUE (tenant, name)
);

-- Deliveries that have an id of their own, so that one that comes again is taken once. What was begun and not done is
-- taken again as of when it came first: its events have the same ids then.
CREATE TABLE inbound_deliveries (
  tenant text NOT NULL,
  source_id uuid NOT NULL,
  delivery_id text NOT NULL,
  received_at timestamptz NOT NULL,
  done_at timestamptz,
  PRIMARY KEY (tenant, source_id, delivery_id),
  FOREIGN KEY (tenant, source_id) REFERENCES inbound_sources ON DELETE CASCADE
);
CREATE INDEX inbound_deliveries_old ON inbound_deliveries (received_at);
