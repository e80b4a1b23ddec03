-- Of all tenants: one replica sees to all of them.
SELECT DISTINCT tenant FROM oncall_revisions WHERE kind = 'schedule' ORDER BY tenant
