-- Held until the transaction ends, so that nobody else gives any meanwhile.
SELECT given FROM alert_default_rules WHERE tenant = $1 FOR UPDATE
