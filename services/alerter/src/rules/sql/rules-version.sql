-- Changes whenever a rule of any tenant is put or deleted, in whatever order these become visible.
SELECT coalesce(md5(string_agg(rule_id::text || updated_at::text, ' ' ORDER BY rule_id)), '') AS version
FROM alert_rules
