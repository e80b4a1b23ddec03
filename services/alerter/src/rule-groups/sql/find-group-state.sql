SELECT true AS found FROM rule_group_states WHERE tenant = $1 AND file = $2 AND group_name = $3
