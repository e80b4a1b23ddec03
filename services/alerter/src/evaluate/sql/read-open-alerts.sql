SELECT *
FROM alerts
WHERE tenant = $1 AND state <> 'resolved'
  AND (rule_id, fingerprint) IN (SELECT * FROM unnest($2::uuid[], $3::text[]))
ORDER BY rule_id, fingerprint
FOR UPDATE
