SELECT MetricName AS name, Type AS type, Unit AS unit, Description AS description
FROM metrics_metadata FINAL
WHERE Tenant = 'default' AND MetricName IN {metrics:Array(String)}
ORDER BY name
