SELECT DISTINCT
    ServiceName AS serviceName,
    ResourceAttributes.keys AS resourceKeys,
    ResourceAttributes.values AS resourceValues
FROM otel_logs
{{selected}}
LIMIT {limit:UInt64}
