-- The groups whose state is kept as it is to be written already.
SELECT tenant, file, group_name
FROM rule_group_states AS known
JOIN unnest($1::text[], $2::text[], $3::text[], $4::jsonb[]) AS written (tenant, file, group_name, state)
  USING (tenant, file, group_name)
WHERE known.state = written.state
