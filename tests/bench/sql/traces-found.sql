SELECT DISTINCT TraceId
FROM otel_traces
WHERE Tenant = 'default'
    AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(now() - INTERVAL 2 MINUTE)
    AND Timestamp > now() - INTERVAL 2 MINUTE
    AND ServiceName = ''
    AND TraceId IN {ids:Array(String)}
