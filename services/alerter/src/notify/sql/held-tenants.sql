-- Of all tenants; everything that follows stays within one.
SELECT DISTINCT tenant FROM alert_notifications WHERE state = 'held'
