-- What people ask for, over rows that were there before migrations and such as came later.
SELECT
    (SELECT countIf(Body LIKE 'order %') FROM otel_logs WHERE Tenant = 'acme') AS logs,
    (SELECT count() FROM otel_logs WHERE Tenant = 'acme' AND has(mapValues(LogAttributes), 'u7')) AS logsOfUser,
    (SELECT count() FROM otel_logs WHERE Tenant = 'acme' AND has(mapValues(ResourceAttributes), 'a')) AS logsOfHost,
    (SELECT count() FROM otel_logs WHERE Tenant = 'acme' AND StreamId IN (SELECT StreamId FROM otel_logs_streams WHERE Tenant = 'acme' AND ResourceAttributes['host.name'] = 'a')) AS logsOfStreams,
    (SELECT uniqExactArray(LogKeys) FROM otel_logs_attribute_keys WHERE Tenant = 'acme') AS keysOfLogs,
    (SELECT count() FROM otel_traces WHERE Tenant = 'acme' AND has(SpanAttributeItems, 'user=u7')) AS spansOfUser,
    (SELECT uniqExact(TraceId) FROM otel_traces_trace_id_ts WHERE Tenant = 'acme') AS traces,
    (SELECT sum(Value) FROM otel_metrics_sum WHERE Tenant = 'acme' AND Attributes['code'] = '200') AS requests,
    (SELECT sum(arraySum(BucketCounts)) FROM otel_metrics_histogram WHERE Tenant = 'acme') AS latencies,
    (SELECT sum(ZeroCount + arraySum(PositiveBucketCounts)) FROM otel_metrics_exp_histogram WHERE Tenant = 'acme') AS sizes,
    (SELECT count() FROM events FINAL WHERE Tenant = 'acme') AS events
