-- Of all tenants: whoever evaluates has to find what nobody evaluates.
SELECT tenant, file, group_name, version, evaluated_at FROM rule_group_states
