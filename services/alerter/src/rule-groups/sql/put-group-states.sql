-- Who knows an older file than the one that a group was evaluated by last does not write over it.
INSERT INTO rule_group_states AS known (tenant, file, group_name, state, evaluated_at, version, outage_since, outage)
SELECT tenant, file, group_name, state, evaluated_at, version, outage_since, outage
FROM unnest(
  $1::text[], $2::text[], $3::text[], $4::jsonb[], $5::timestamptz[], $6::bigint[], $7::timestamptz[], $8::text[]
) AS written (tenant, file, group_name, state, evaluated_at, version, outage_since, outage)
ORDER BY tenant, file, group_name
ON CONFLICT (tenant, file, group_name) DO UPDATE
SET state = EXCLUDED.state, evaluated_at = EXCLUDED.evaluated_at, version = EXCLUDED.version,
  outage_since = EXCLUDED.outage_since, outage = EXCLUDED.outage
WHERE known.version <= EXCLUDED.version
RETURNING tenant, file, group_name
