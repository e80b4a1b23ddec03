SELECT DISTINCT Fingerprint AS fingerprint
FROM metrics_series
WHERE
{{conditions}}
LIMIT {limit:UInt32}
