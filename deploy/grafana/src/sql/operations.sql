SELECT
    ServiceName AS Service,
    SpanName AS Operation,
    count() AS Calls,
    countIf(StatusCode = 'Error') / count() AS Errors,
    quantile(0.95)(Duration) / 1000000 AS P95,
    sum(Duration) / 1000000 AS `Time in all`
FROM otel_traces
WHERE $__timeFilter(Timestamp)
GROUP BY Service, Operation
ORDER BY `Time in all` DESC
LIMIT 50
