-- Of all tenants: how long history is kept is one setting. What belongs to an alert goes with it.
DELETE FROM alerts WHERE state = 'resolved' AND resolved_at < $1
