-- Columns of the spans of some traces, all of them or those that a query looks at, trace by trace.
WITH (
    SELECT (min(Start), max(End)) FROM otel_traces_trace_id_ts
    WHERE Tenant = {tenant:String} AND TraceId IN {traceIds:Array(String)}
) AS seen
SELECT
    TraceId AS traceId,
    {{columns}}
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
    AND ({{spans}})
ORDER BY TraceId, Timestamp, SpanId
LIMIT {limit:UInt32}
