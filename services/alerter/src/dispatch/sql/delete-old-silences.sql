-- Of all tenants: how long they are kept is not a tenant's choice.
DELETE FROM alert_silences WHERE ends_at < $1
