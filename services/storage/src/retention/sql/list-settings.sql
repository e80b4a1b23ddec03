SELECT tenant, kind, days FROM retention ORDER BY tenant, kind
