-- Rows as a program wrote them that knew migrations 1 to 5 only: today's, and one of each kind of table.
INSERT INTO otel_logs (Tenant, Timestamp, ServiceName, Body, ResourceAttributes, LogAttributes)
SELECT 'acme', now64(9) - number, 'shop', concat('order ', toString(number)), map('host.name', 'a'), map('user', concat('u', toString(number)))
FROM numbers(1000);

INSERT INTO otel_traces (Tenant, Timestamp, TraceId, SpanId, SpanName, ServiceName, SpanAttributes, Duration)
SELECT 'acme', now64(9) - number, hex(number), hex(number), 'GET /', 'shop', map('user', concat('u', toString(number))), 5
FROM numbers(1000);

INSERT INTO metrics_series (Tenant, MetricName, Fingerprint, Type, Attributes, FirstSeen, LastSeen)
SELECT 'acme', ['requests', 'latency', 'sizes'][number], number, ['sum', 'histogram', 'exponential_histogram'][number], map('code', '200'), now64(3), now64(3)
FROM numbers(1, 3);

INSERT INTO metrics_samples (Tenant, MetricName, Fingerprint, StartTimestamp, Timestamp, Value)
SELECT 'acme', 'requests', 1, now64(3) - 1000, now64(3) - number, number FROM numbers(1000);

INSERT INTO metrics_histograms (Tenant, MetricName, Fingerprint, Timestamp, Count, Sum, BucketCounts, ExplicitBounds)
VALUES ('acme', 'latency', 2, now64(3), 3, 1.5, [1, 2], [0.5]);

INSERT INTO metrics_exponential_histograms (Tenant, MetricName, Fingerprint, Timestamp, Count, Sum, Scale, ZeroCount, PositiveBucketCounts)
VALUES ('acme', 'sizes', 3, now64(3), 3, 1.5, 2, 1, [2]);

INSERT INTO events (Tenant, Timestamp, EventId, EventType, Severity, Title, Details)
SELECT 'acme', now64(9) - number, generateUUIDv7(), 'test', 'info', concat('event ', toString(number)), '{}' FROM numbers(1000);
