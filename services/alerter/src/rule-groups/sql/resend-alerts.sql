-- A piece of what fires, behind the alert $2: of what dispatching has ($3) that which it would hold to be over at $4, or that which it does
-- not have. An alert that is just being moved is left out: whoever moves it tells of it, and nothing may come behind that.
WITH firing AS (
  SELECT alerts.alert_id, alerts.labels, alerts.annotations, alerts.fired_at, alerts.recipients
  FROM alerts
  -- By its key for each alert, whatever is known of how many there are: right after a burst that is nothing.
  LEFT JOIN LATERAL (
    SELECT (record ->> 'endsAtMs')::float8 AS ends_at_ms
    FROM dispatch_records
    WHERE tenant = alerts.tenant AND kind = 'alert' AND key = alerts.fingerprint
    LIMIT 1
  ) AS known ON true
  WHERE alerts.tenant = $1::text AND alerts.alert_id > $2 AND alerts.origin <> 'rule'
    AND alerts.state IN ('firing', 'acknowledged')
    AND CASE WHEN $3 THEN known.ends_at_ms <= $4 ELSE known.ends_at_ms IS NULL END
  ORDER BY alerts.alert_id
  LIMIT $5
  FOR SHARE OF alerts SKIP LOCKED
),
numbered AS (
  SELECT *, (row_number() OVER (ORDER BY alert_id) - 1) / $6 AS piece FROM firing
),
entries AS (
  SELECT
    jsonb_build_object(
      'kind', 'alerts',
      'alerts', jsonb_agg(jsonb_build_object(
        'labels', labels, 'annotations', annotations, 'startsAtMs', floor(extract(epoch FROM fired_at) * 1000),
        'endsAtMs', $7::float8, 'recipients', recipients
      ))
    ) AS entry
  FROM numbered
  GROUP BY piece
),
versions AS (INSERT INTO alert_versions (tenant) SELECT DISTINCT $1::text FROM entries ON CONFLICT DO NOTHING),
told AS (
  INSERT INTO alert_inbox (tenant, entry, bytes, received_at)
  SELECT $1::text, entry, octet_length(entry::text), $8::timestamptz FROM entries
)
SELECT count(*)::int AS alerts, (array_agg(alert_id ORDER BY alert_id DESC))[1] AS last_id FROM firing
