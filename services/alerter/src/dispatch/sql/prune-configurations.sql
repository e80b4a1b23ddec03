-- Of a tenant's versions the newest $2 stay, if they are not more than $3 bytes altogether, and the one in force in any case.
DELETE FROM alert_configurations
WHERE tenant = $1
  AND version IN (
    SELECT version
    FROM (
      SELECT
        version,
        row_number() OVER newest_first AS place,
        sum(pg_column_size(source) + pg_column_size(templates)) OVER newest_first AS bytes
      FROM alert_configurations
      WHERE tenant = $1
      WINDOW newest_first AS (ORDER BY version DESC)
    ) AS placed
    WHERE place > 1 AND (place > $2 OR bytes > $3)
  )
