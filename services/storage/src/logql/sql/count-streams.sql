SELECT
    uniqCombined64(ServiceName, ResourceAttributes.keys, ResourceAttributes.values) AS streams,
    count() AS lines,
    sum(length(Body)) AS bytes
FROM otel_logs
{{selected}}
