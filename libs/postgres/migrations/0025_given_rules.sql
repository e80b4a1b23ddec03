-- Which of the default rules a tenant has been given, by their names: one that ships later is given to those who were there before, and none
-- that they deleted comes back.
ALTER TABLE alert_default_rules ADD COLUMN given text[] NOT NULL DEFAULT '{}';

-- What every tenant was given that is there.
UPDATE alert_default_rules SET given = ARRAY[
  'Target down', 'High CPU usage', 'High memory usage', 'Disk almost full', 'high_cpu_usage', 'Anomaly', 'Many failed logins',
  'Records put aside'
];

-- Two rules shipped later, together: whoever has one of them, or was seeded since, was given both.
UPDATE alert_default_rules SET given = given || ARRAY['Dead letters dropped', 'Fallen behind']
WHERE given_at >= '2026-11-21T22:37:13Z' OR EXISTS (
  SELECT FROM alert_rules
  WHERE alert_rules.tenant = alert_default_rules.tenant AND alert_rules.name IN ('Dead letters dropped', 'Fallen behind')
);
