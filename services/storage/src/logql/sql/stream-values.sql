SELECT DISTINCT {{value}} AS value
FROM otel_logs_streams
WHERE
    {{found}}
LIMIT {limit:UInt64}
