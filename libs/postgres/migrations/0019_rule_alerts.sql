-- What is looked at again and again is few rows of tables that are large.

-- Whose rules have nobody to ask. Rows of groups are written at every evaluation: neither column changes then.
CREATE INDEX rule_group_states_outages ON rule_group_states (tenant) WHERE outage_since IS NOT NULL;

-- What Sightline itself cannot do.
CREATE INDEX alerts_open_of_platform ON alerts (tenant, rule_id) WHERE origin = 'platform' AND state <> 'resolved';

-- What composites look at.
CREATE INDEX alerts_firing_by_name ON alerts (tenant, rule_name) WHERE state IN ('firing', 'acknowledged');

-- What routes are told of again, a piece at a time.
CREATE INDEX alerts_firing_for_routes ON alerts (tenant, alert_id)
  WHERE state IN ('firing', 'acknowledged') AND origin <> 'rule';
