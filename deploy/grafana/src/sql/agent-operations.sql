SELECT
    SpanAttributes['agent_type'] AS `Agent type`,
    SpanName AS Operation,
    count() AS Spans,
    avg(Duration) / 1000000 AS `Mean time`,
    countIf(StatusCode = 'Error') / count() AS Failed
FROM otel_traces
WHERE $__timeFilter(Timestamp) AND SpanAttributes['agent_type'] != ''
GROUP BY `Agent type`, Operation
ORDER BY Spans DESC
LIMIT 50
