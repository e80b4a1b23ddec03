-- Of all tenants: each alert is moved within its own.
SELECT * FROM alerts WHERE origin = 'platform' AND state <> 'resolved'
