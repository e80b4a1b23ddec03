-- The traces with a span that meets all conditions, those with the newest such span, and when that was.
SELECT TraceId AS traceId, toUnixTimestamp64Nano(Timestamp) AS time
FROM otel_traces
WHERE
{{conditions}}
{{after}}
-- The steps of the sort key come first, so that reading goes from the end and stops after enough traces.
ORDER BY toStartOfFiveMinutes(Timestamp) DESC, Timestamp DESC, TraceId DESC
LIMIT 1 BY TraceId
LIMIT {limit:UInt32}
