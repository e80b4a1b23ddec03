-- Of all tenants: how long they are kept is not a tenant's choice.
DELETE FROM alert_decisions
WHERE decision_id IN (SELECT decision_id FROM alert_decisions WHERE decided_at < $1 ORDER BY decided_at LIMIT $2)
