SELECT e.Value AS value, e.TraceId AS traceId, toUnixTimestamp64Milli(e.Timestamp) AS ms, any(d.Attributes) AS labels
FROM metrics_exemplars AS e
INNER JOIN (SELECT * FROM metrics_series FINAL WHERE Tenant = 'default') AS d USING (Tenant, MetricName, Fingerprint)
WHERE e.Tenant = 'default' AND e.MetricName = {metric:String} AND ms <= {endMs:Int64}
GROUP BY value, traceId, ms
ORDER BY ms
