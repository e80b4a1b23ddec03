-- The groups of rule files that have alerts that are not over. Of all tenants: each group is looked at by whoever holds its shard.
SELECT DISTINCT tenant, rule_file AS file, rule_group AS group_name
FROM alerts
WHERE origin <> 'rule' AND state <> 'resolved' AND rule_file <> ''
