SELECT 1 AS found
FROM {table:Identifier}
WHERE Tenant = {tenant:String}
LIMIT 1
