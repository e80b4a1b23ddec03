-- What is in the database, each table as it would be made, without the name of the database.
SELECT name, replaceAll(create_table_query, concat(currentDatabase(), '.'), '') AS definition
FROM system.tables
WHERE database = currentDatabase()
ORDER BY name
