SELECT format('%I', sequencename) AS name, last_value::text AS value
FROM pg_sequences
WHERE schemaname = current_schema()
ORDER BY name
