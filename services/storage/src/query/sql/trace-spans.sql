-- The spans of some traces that have a span which begins in the time asked for, to the second.
WITH (
    SELECT (min(first), max(last), groupArray(TraceId))
    FROM
    (
        SELECT TraceId, min(Start) AS first, max(End) AS last
        FROM otel_traces_trace_id_ts
        WHERE Tenant = {tenant:String} AND TraceId IN {traceIds:Array(String)}
        GROUP BY TraceId
        HAVING
            toInt64(toUnixTimestamp(last)) >= intDiv({start:Int64}, 1000000000)
            AND toInt64(toUnixTimestamp(first)) <= intDiv({end:Int64} - 1, 1000000000)
    )
) AS seen
SELECT
    TraceId AS traceId,
    toUnixTimestamp64Nano(Timestamp) AS time,
    SpanId AS spanId,
    ParentSpanId AS parentSpanId,
    TraceState AS traceState,
    SpanName AS name,
    SpanKind AS kind,
    ResourceAttributes AS resourceAttributes,
    ScopeName AS scopeName,
    ScopeVersion AS scopeVersion,
    SpanAttributes AS attributes,
    Duration AS duration,
    StatusCode AS statusCode,
    StatusMessage AS statusMessage,
    arrayMap(time -> toUnixTimestamp64Nano(time), `Events.Timestamp`) AS eventTimes,
    `Events.Name` AS eventNames,
    `Events.Attributes` AS eventAttributes,
    `Links.TraceId` AS linkTraceIds,
    `Links.SpanId` AS linkSpanIds,
    `Links.TraceState` AS linkTraceStates,
    `Links.Attributes` AS linkAttributes
FROM otel_traces
WHERE
    Tenant = {tenant:String}
    AND TraceId IN {traceIds:Array(String)}
    AND has(seen.3, TraceId)
    -- As DateTime64: compared with a DateTime, "<" leaves out the whole last second (26.7, analysis of the key).
    AND Timestamp >= toDateTime64(seen.1, 9)
    AND Timestamp < toDateTime64(seen.2 + 1, 9)
    -- Named for the sort key, as in log-conditions.sql.
    AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(seen.1)
    AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(seen.2)
ORDER BY TraceId, Timestamp, SpanId
LIMIT {limit:UInt32}
