DELETE FROM rule_group_states WHERE tenant = $1 AND file = $2 AND group_name = $3 AND version = $4 RETURNING state
