-- Of all tenants, behind the channel $2 of the tenant $1: what does not begin with $3. It is of whoever runs Sightline, as the key is.
SELECT tenant, name, definition
FROM alert_channels
WHERE (tenant, name) > ($1, $2) AND substring(definition FROM 1 FOR length($3)) <> convert_to($3, 'UTF8')
ORDER BY tenant, name
LIMIT $4
