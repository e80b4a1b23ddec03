-- What fires and dispatching does not have, or would soon hold to be over. Of all tenants: each is told under its own. An alert that
-- is just being moved is left out: whoever moves it tells of it, and nothing may come behind that.
WITH firing AS (
  SELECT alerts.tenant, alerts.alert_id, alerts.labels, alerts.annotations, alerts.fired_at
  FROM alerts
  WHERE alerts.origin <> 'rule' AND alerts.state IN ('firing', 'acknowledged')
    AND NOT EXISTS (
      SELECT 1
      FROM dispatch_records
      WHERE dispatch_records.tenant = alerts.tenant AND dispatch_records.kind = 'alert'
        AND dispatch_records.key = alerts.fingerprint
        AND (dispatch_records.record ->> 'endsAtMs')::float8 > $2
    )
    -- What waits for somebody who dispatches does not become more.
    AND NOT EXISTS (
      SELECT 1 FROM alert_inbox WHERE alert_inbox.tenant = alerts.tenant AND alert_inbox.received_at < $6
    )
  ORDER BY alerts.tenant, alerts.alert_id
  LIMIT $4
  FOR SHARE OF alerts SKIP LOCKED
),
numbered AS (
  SELECT *, (row_number() OVER (PARTITION BY tenant ORDER BY alert_id) - 1) / $5 AS piece FROM firing
),
entries AS (
  SELECT
    tenant,
    jsonb_build_object(
      'kind', 'alerts',
      'alerts', jsonb_agg(jsonb_build_object(
        'labels', labels, 'annotations', annotations, 'startsAtMs', floor(extract(epoch FROM fired_at) * 1000),
        'endsAtMs', $3::float8
      ))
    ) AS entry
  FROM numbered
  GROUP BY tenant, piece
),
known AS (INSERT INTO alert_versions (tenant) SELECT DISTINCT tenant FROM entries ON CONFLICT DO NOTHING)
INSERT INTO alert_inbox (tenant, entry, bytes, received_at)
SELECT tenant, entry, octet_length(entry::text), $1 FROM entries
