SELECT count() AS stored, uniqExact(substring(Body, -17, 16)) AS different FROM otel_logs WHERE startsWith(ServiceName, 'shop-')
