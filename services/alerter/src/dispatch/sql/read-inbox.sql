-- Of all tenants, in the order in which they came; everything that follows stays within one.
SELECT entry_id, tenant, entry FROM alert_inbox ORDER BY entry_id LIMIT $1
