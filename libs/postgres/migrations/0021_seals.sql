-- Keys of sealed texts that nobody has any more, as whoever runs Sightline has said: what they sealed is waited for no longer. Of no tenant.
CREATE TABLE lost_seal_keys (
  -- What stands behind `sealed:1:` of what it sealed.
  key text NOT NULL PRIMARY KEY,
  given_up_at timestamptz NOT NULL
);

-- Alerts of rule files that somebody has resolved: whoever evaluates their group takes them as ended, so that they begin anew where their condition
-- still holds.
CREATE TABLE resolved_rule_alerts (
  tenant text NOT NULL,
  alert_id uuid NOT NULL,
  rule_id uuid NOT NULL,
  rule_file text NOT NULL,
  rule_group text NOT NULL,
  fingerprint text NOT NULL,
  resolved_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, alert_id)
);
