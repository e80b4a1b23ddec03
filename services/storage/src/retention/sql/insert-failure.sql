INSERT INTO retention_failures (table_name, reason) VALUES ($1, $2)
