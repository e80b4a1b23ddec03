SELECT silence FROM alert_silences WHERE tenant = $1 ORDER BY silence_id
