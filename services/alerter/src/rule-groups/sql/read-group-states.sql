SELECT tenant, file, group_name, state
FROM rule_group_states
JOIN unnest($1::text[], $2::text[], $3::text[]) AS wanted (tenant, file, group_name) USING (tenant, file, group_name)
