-- Of all tenants, behind the source $2 of the tenant $1: secrets that do not begin with $3. The key is whoever runs Sightline's.
SELECT tenant, source_id, secret
FROM inbound_sources
WHERE (tenant, source_id) > ($1, $2::uuid) AND secret <> '' AND NOT starts_with(secret, $3)
ORDER BY tenant, source_id
LIMIT $4
