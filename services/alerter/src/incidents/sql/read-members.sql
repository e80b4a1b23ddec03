SELECT incident_id, alert FROM incident_alerts WHERE tenant = $1 AND incident_id = ANY ($2::uuid[])
