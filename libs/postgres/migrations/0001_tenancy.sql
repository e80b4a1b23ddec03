-- Who may do what: tenants, their users and sessions, and the keys of programs.

CREATE TABLE tenants (
  name text PRIMARY KEY CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  created_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO tenants (name) VALUES ('default');

CREATE TABLE users (
  id uuid PRIMARY KEY,
  tenant text NOT NULL REFERENCES tenants (name),
  username text NOT NULL CHECK (length(username) BETWEEN 1 AND 128),
  -- As libs/auth writes it: algorithm, parameters, salt and hash in one text.
  password_hash text NOT NULL,
  role text NOT NULL CHECK (role IN ('admin', 'editor', 'viewer')),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Whoever logs in says no tenant: the name alone, in any case, finds the user.
CREATE UNIQUE INDEX users_username ON users (lower(username));

CREATE TABLE sessions (
  -- SHA-256 of the cookie's value, hex: a copy of this table lets nobody in.
  token_hash text PRIMARY KEY CHECK (length(token_hash) = 64),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);

CREATE INDEX sessions_user_id ON sessions (user_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE api_keys (
  id uuid PRIMARY KEY,
  tenant text NOT NULL REFERENCES tenants (name),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  -- The beginning of the key, by which people tell keys apart.
  prefix text NOT NULL,
  -- SHA-256 of the whole key, hex: the key itself has enough randomness for a fast hash.
  hash text NOT NULL UNIQUE CHECK (length(hash) = 64),
  scopes text[] NOT NULL CHECK (scopes <@ ARRAY['ingest', 'query', 'admin'] AND cardinality(scopes) > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);

-- A name may be used again once its key is revoked.
CREATE UNIQUE INDEX api_keys_name ON api_keys (tenant, name) WHERE revoked_at IS NULL;
