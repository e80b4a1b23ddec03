SELECT DISTINCT arrayJoin(ResourceAttributes.keys) AS name
FROM otel_logs_streams
WHERE
    {{found}}
LIMIT {limit:UInt64}
