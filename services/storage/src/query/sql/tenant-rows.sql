-- Counted from the sort key, of which the tenant is the first part.
SELECT _partition_id AS partition, count() AS rows
FROM {table:Identifier}
WHERE Tenant = {tenant:String}
GROUP BY partition
ORDER BY partition
