SELECT DISTINCT TraceId
FROM otel_traces
WHERE Tenant = 'default' AND Timestamp > now() - INTERVAL 2 MINUTE AND ServiceName = '' AND TraceId IN {ids:Array(String)}
