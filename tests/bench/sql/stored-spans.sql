SELECT count() AS stored, uniqExact(SpanId) AS different FROM otel_traces WHERE startsWith(ServiceName, 'shop-')
