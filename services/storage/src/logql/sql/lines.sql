-- Keys and values as columns, in place of the maps, which would be read of all records in question when a condition speaks
-- of them (26.7).
SELECT
    toUInt64(toUnixTimestamp64Nano(Timestamp)) AS time,
    {{body}} AS body,
    ServiceName AS serviceName,
    ResourceAttributes.keys AS resourceKeys,
    ResourceAttributes.values AS resourceValues,
    LogAttributes.keys AS attributeKeys,
    LogAttributes.values AS attributeValues,
    SeverityNumber AS severity,
    TraceId AS traceId,
    SpanId AS spanId
FROM otel_logs
{{selected}}
{{order}}
