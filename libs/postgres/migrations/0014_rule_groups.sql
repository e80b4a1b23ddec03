-- Who evaluates which groups of rule files, and where an alert comes from.

-- Groups are divided over shards, shards over replicas. Counted up by whoever begins to evaluate a shard: one who stood
-- still and wakes up late finds another number here, and writes nothing any more. Of no tenant.
CREATE TABLE rule_shards (
  shard integer NOT NULL PRIMARY KEY,
  epoch bigint NOT NULL
);

ALTER TABLE rule_group_states
  -- Of the file that it was evaluated by: who knows an older one only does not write over it.
  ADD COLUMN version bigint NOT NULL DEFAULT 0,
  -- Since when nobody could be asked, and why; '' when that is not so.
  ADD COLUMN outage_since timestamptz,
  ADD COLUMN outage text NOT NULL DEFAULT '';

ALTER TABLE alerts
  -- `rule`: of alert_rules. `rule_file`: of the group of a rule file that the columns behind it name, known by its labels as
  -- Alertmanager knows them. `platform`: that Sightline itself cannot do what it should for the tenant.
  ADD COLUMN origin text NOT NULL DEFAULT 'rule' CHECK (origin IN ('rule', 'rule_file', 'platform')),
  ADD COLUMN rule_file text NOT NULL DEFAULT '',
  ADD COLUMN rule_group text NOT NULL DEFAULT '';
CREATE INDEX alerts_open_of_group ON alerts (tenant, rule_file, rule_group) WHERE state <> 'resolved' AND origin <> 'rule';
