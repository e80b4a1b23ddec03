SELECT
    uniqCombined64(StreamId) AS streams,
    count() AS lines,
    sum(length(Body)) AS bytes
FROM otel_logs
{{selected}}
