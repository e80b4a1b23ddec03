-- The tables of which the server is still removing the tenant's rows: behind other mutations, or since nobody waited for it.
SELECT DISTINCT table
FROM system.mutations
WHERE
    database = currentDatabase()
    AND NOT is_done
    AND position(command, 'DELETE WHERE Tenant =') > 0
    AND position(command, concat('\'', {tenant:String}, '\'')) > 0
