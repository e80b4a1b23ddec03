WITH (
    SELECT (min(Start), max(End)) FROM otel_traces_trace_id_ts
    WHERE Tenant = {tenant:String} AND TraceId IN {traceIds:Array(String)}
) AS seen
SELECT
    TraceId AS traceId,
    -- The root has no parent; where it is missing, the earliest span stands for it.
    argMin((ServiceName, SpanName), (ParentSpanId != '', Timestamp)) AS root,
    min(toUnixTimestamp64Nano(Timestamp)) AS start,
    toUInt64(max(toUnixTimestamp64Nano(Timestamp) + toInt64(Duration)) - start) AS duration,
    count() AS spanCount,
    countIf(StatusCode = 'Error') AS errorCount,
    arraySort(groupUniqArray(1000)(ServiceName)) AS services
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
ORDER BY start DESC, traceId
