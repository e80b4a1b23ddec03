-- Of all tenants, behind the version $2 of the tenant $1: what does not begin with $3. It is of whoever runs Sightline, as the key is.
SELECT tenant, version, source
FROM alert_configurations
WHERE (tenant, version) > ($1, $2::bigint) AND left(source, length($3)) <> $3
ORDER BY tenant, version
LIMIT $4
