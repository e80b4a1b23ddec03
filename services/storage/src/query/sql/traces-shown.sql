-- Which of some traces pages have shown that ended at a place: those with a span there or before it that meets all conditions.
WITH (
    SELECT max(End) FROM otel_traces_trace_id_ts
    WHERE Tenant = {tenant:String} AND TraceId IN {traceIds:Array(String)}
) AS seen
SELECT DISTINCT TraceId AS traceId
FROM otel_traces
WHERE
{{conditions}}
    AND TraceId IN {traceIds:Array(String)}
    AND (Timestamp, TraceId) >= (fromUnixTimestamp64Nano({fromTime:Int64}), {fromId:String})
    AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(fromUnixTimestamp64Nano(least({fromTime:Int64}, 4294967295000000000)))
    -- Newer spans these have none of.
    AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(seen)
