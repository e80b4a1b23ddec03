-- Of all tenants: how long they are kept is not a tenant's choice.
DELETE FROM alert_decisions WHERE decided_at < $1
