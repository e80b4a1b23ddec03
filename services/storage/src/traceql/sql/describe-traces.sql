-- What is shown of traces that were found.
WITH (
    SELECT (min(Start), max(End)) FROM otel_traces_trace_id_ts
    WHERE Tenant = {tenant:String} AND TraceId IN {traceIds:Array(String)}
) AS seen
SELECT
    TraceId AS traceId,
    argMinIf((ServiceName, SpanName), Timestamp, ParentSpanId = '') AS root,
    min(toUnixTimestamp64Nano(Timestamp)) AS start,
    toUInt64(max(toUnixTimestamp64Nano(Timestamp) + toInt64(Duration)) - start) AS duration,
    sumMap(map(toString(ServiceName), toUInt64(1))) AS spans,
    sumMap(map(toString(ServiceName), toUInt64(StatusCode = 'Error'))) AS errors
FROM otel_traces
WHERE
    Tenant = {tenant:String}
    AND TraceId IN {traceIds:Array(String)}
    -- As DateTime64: compared with a DateTime, "<" leaves out the whole last second (26.7, analysis of the key).
    AND Timestamp >= toDateTime64(seen.1, 9)
    AND Timestamp < toDateTime64(seen.2 + 1, 9)
    -- Named for the sort key, as in log-conditions.sql.
    AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(seen.1)
    AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(seen.2)
GROUP BY TraceId
