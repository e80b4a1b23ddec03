-- What time it is for the server, milliseconds since the Unix epoch.
SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS unix_ms
