INSERT INTO alert_rule_channels (tenant, rule_id, channel) SELECT $1, $2, unnest($3::text[])
