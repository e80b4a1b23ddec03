SELECT rule_id, rule_name, fingerprint, value
FROM alerts
WHERE tenant = $1 AND rule_file = $2 AND rule_group = $3 AND state <> 'resolved' AND origin = 'rule_file'
