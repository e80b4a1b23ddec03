SELECT wanted AS name
FROM unnest($2::text[]) AS wanted
WHERE NOT EXISTS (SELECT 1 FROM alert_channels WHERE tenant = $1 AND name = wanted)
