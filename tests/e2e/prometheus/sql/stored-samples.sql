SELECT
    any(mapUpdate(d.Attributes, map('__name__', d.MetricName))) AS labels,
    groupArray((toUnixTimestamp64Milli(s.Timestamp), leftPad(hex(reinterpretAsUInt64(s.Value)), 16, '0'))) AS samples
FROM (SELECT * FROM metrics_samples ORDER BY Timestamp) AS s
INNER JOIN (SELECT * FROM metrics_series FINAL WHERE Tenant = 'default') AS d USING (Tenant, MetricName, Fingerprint)
WHERE s.Tenant = 'default' AND toUnixTimestamp64Milli(s.Timestamp) <= {endMs:Int64}
GROUP BY s.MetricName, s.Fingerprint
