UPDATE alerts SET value = seen.value
FROM unnest($2::uuid[], $3::double precision[]) AS seen (alert_id, value)
WHERE alerts.tenant = $1 AND alerts.alert_id = seen.alert_id AND alerts.state <> 'resolved'
