-- A series is in the table many times; it does not matter which row stands for it.
SELECT
    Fingerprint AS fingerprint,
    any(MetricName) AS metric,
    any(Type) AS type,
    any(Temporality) = 'delta' AS isDelta,
    any(Attributes) AS attributes,
    any(ResourceAttributes['service.namespace']) AS serviceNamespace,
    any(ResourceAttributes['service.name']) AS serviceName,
    any(ResourceAttributes['service.instance.id']) AS serviceInstance
FROM metrics_series
WHERE
{{conditions}}
GROUP BY Fingerprint
LIMIT {limit:UInt32}
