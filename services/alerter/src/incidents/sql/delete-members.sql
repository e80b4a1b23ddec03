DELETE FROM incident_alerts
USING unnest($2::uuid[], $3::text[]) AS gone (incident_id, fingerprint)
WHERE incident_alerts.tenant = $1
  AND incident_alerts.incident_id = gone.incident_id
  AND incident_alerts.fingerprint = gone.fingerprint
