-- Rule files: groups of rules as Prometheus writes them, with our kinds beside them, and how far each group has come.

-- Rule files as they were put, every version, so that it can be said later by which rule an alert came to be. The newest
-- version of a name is in force, unless it says that the file was deleted.
CREATE TABLE rule_files (
  tenant text NOT NULL,
  name text NOT NULL,
  -- What rule_versions was counted up to: no number comes twice in a tenant, also when a file is deleted and put again.
  version bigint NOT NULL,
  -- Empty in the version that says that the file was deleted.
  source text NOT NULL,
  -- What the source has of both, so that nobody has to read all files to hold a tenant to its bounds.
  group_count integer NOT NULL DEFAULT 0,
  rule_count integer NOT NULL DEFAULT 0,
  author text NOT NULL,
  created_at timestamptz NOT NULL,
  deleted boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant, name, version)
);

-- Counted up with every change of a rule file, so that who evaluates sees at a glance whether to read them anew.
CREATE TABLE rule_versions (
  tenant text NOT NULL PRIMARY KEY,
  version bigint NOT NULL
);

-- All that is known of a group between two evaluations, so that another replica goes on where one ended. Written at every
-- evaluation: there is room in the pages for the next row, and no index on what changes.
CREATE TABLE rule_group_states (
  tenant text NOT NULL,
  file text NOT NULL,
  group_name text NOT NULL,
  state jsonb NOT NULL,
  evaluated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, file, group_name)
) WITH (fillfactor = 50);
