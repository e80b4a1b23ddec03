-- The story of an alert has what was decided about its groups as a whole: found by the group, whose key may be longer than an index takes.
CREATE INDEX alert_decisions_of_group ON alert_decisions (tenant, md5(group_key), decided_at) WHERE fingerprints = '{}';
