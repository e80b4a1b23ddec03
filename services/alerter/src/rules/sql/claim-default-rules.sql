-- Writes down that the rules $3 are given to a tenant; changes nothing where it has been given all of them.
INSERT INTO alert_default_rules (tenant, given_at, given)
VALUES ($1, $2, $3)
ON CONFLICT (tenant) DO UPDATE
  SET given = ARRAY(SELECT unnest(alert_default_rules.given) UNION SELECT unnest(EXCLUDED.given))
  WHERE NOT alert_default_rules.given @> EXCLUDED.given
