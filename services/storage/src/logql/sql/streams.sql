SELECT
    ServiceName AS serviceName,
    ResourceAttributes.keys AS resourceKeys,
    ResourceAttributes.values AS resourceValues
FROM otel_logs_streams
WHERE
    {{found}}
LIMIT 1 BY StreamId
LIMIT {limit:UInt64}
