-- Which of the default rules a tenant has been given, by their names: one that ships later is given to those who were there before, and none
-- that they deleted comes back.
ALTER TABLE alert_default_rules ADD COLUMN given text[] NOT NULL DEFAULT '{}';

-- What every tenant was given that is there; others shipped later than some of them.
UPDATE alert_default_rules SET given = ARRAY[
  'Target down', 'High CPU usage', 'High memory usage', 'Disk almost full', 'high_cpu_usage', 'Anomaly', 'Many failed logins',
  'Records put aside'
];
