SELECT rule_id, fingerprint, matches, ended_at
FROM alert_windows
WHERE tenant = $1 AND (rule_id, fingerprint) IN (SELECT * FROM unnest($2::uuid[], $3::text[]))
ORDER BY rule_id, fingerprint
FOR UPDATE
