-- Of all tenants: how long they are kept is not a tenant's choice. What belongs to an incident goes with it.
DELETE FROM incidents WHERE state = 'resolved' AND resolved_at < $1
