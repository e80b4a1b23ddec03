SELECT
{{columns}}
FROM events
WHERE
    Tenant = {tenant:String}
    AND EventId = {id:UUID}
ORDER BY Timestamp DESC
LIMIT 1
