SELECT table_name AS "table", reason FROM retention_failures ORDER BY table_name
