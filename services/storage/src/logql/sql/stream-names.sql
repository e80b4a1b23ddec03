SELECT DISTINCT arrayJoin(ResourceAttributes.keys) AS name
FROM otel_logs
{{selected}}
LIMIT {limit:UInt64}
