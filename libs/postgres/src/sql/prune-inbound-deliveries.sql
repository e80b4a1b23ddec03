-- Of all tenants: how long senders repeat themselves is not a tenant's choice.
DELETE FROM inbound_deliveries WHERE received_at < $1
