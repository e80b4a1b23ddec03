-- The tenants whose rules have nobody to ask, since when and why. Of all tenants: each is told of its own.
SELECT tenant, min(outage_since) AS since, (array_agg(outage ORDER BY outage_since))[1] AS message, count(*)::int AS groups
FROM rule_group_states
WHERE outage_since IS NOT NULL
GROUP BY tenant
