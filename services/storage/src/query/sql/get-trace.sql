SELECT
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
    AND TraceId = {traceId:String}
    -- As DateTime64: compared with a DateTime, "<" leaves out the whole last second (26.7, analysis of the key).
    AND Timestamp >= (
        SELECT toDateTime64(min(Start), 9) FROM otel_traces_trace_id_ts
        WHERE Tenant = {tenant:String} AND TraceId = {traceId:String})
    AND Timestamp < (
        SELECT toDateTime64(max(End) + 1, 9) FROM otel_traces_trace_id_ts
        WHERE Tenant = {tenant:String} AND TraceId = {traceId:String})
ORDER BY Timestamp, SpanId
LIMIT {limit:UInt32}
