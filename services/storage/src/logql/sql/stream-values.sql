SELECT DISTINCT {{value}} AS value
FROM otel_logs
{{selected}}
LIMIT {limit:UInt64}
