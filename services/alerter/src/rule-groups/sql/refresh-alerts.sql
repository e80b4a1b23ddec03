-- What alerts that go on as they are come to by now.
UPDATE alerts
SET value = seen.value::float8, annotations = seen.annotations, summary = seen.summary,
  recipients = seen.recipients
FROM jsonb_to_recordset($2::jsonb) AS seen (
  rule_id uuid, fingerprint text, value text, annotations jsonb, summary text, recipients text[]
)
WHERE alerts.tenant = $1 AND alerts.rule_id = seen.rule_id AND alerts.fingerprint = seen.fingerprint
  AND alerts.state <> 'resolved'
  AND (alerts.value, alerts.annotations, alerts.recipients)
    IS DISTINCT FROM (seen.value::float8, seen.annotations, seen.recipients)
