-- What waits is newer than what was dispatched, and its last word counts.
WITH waiting AS (
  SELECT alert_inbox.entry ->> 'kind' = 'alerts' AND (alert ->> 'endsAtMs')::double precision > $3 AS fires
  FROM alert_inbox, jsonb_array_elements(alert_inbox.entry -> 'alerts') AS alert
  WHERE alert_inbox.tenant = $1
    AND alert_inbox.entry @> jsonb_build_object('alerts', jsonb_build_array(jsonb_build_object('labels', $4::jsonb)))
    AND alert -> 'labels' = $4::jsonb
  ORDER BY alert_inbox.entry_id DESC
  LIMIT 1
)
SELECT 1 AS found
WHERE coalesce(
  (SELECT fires FROM waiting),
  EXISTS (
    SELECT FROM dispatch_records
    WHERE tenant = $1 AND kind = 'alert' AND key = $2 AND (record ->> 'endsAtMs')::double precision > $3
  )
)
