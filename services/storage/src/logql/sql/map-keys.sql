SELECT DISTINCT arrayJoin({{map}}.keys) AS name
FROM otel_logs
{{selected}}
LIMIT {limit:UInt64}
