SELECT count() AS stored, uniqExact(Fingerprint, Timestamp) AS different
FROM
(
    SELECT Fingerprint, Timestamp FROM metrics_samples WHERE startsWith(MetricName, 'shop.')
    UNION ALL
    SELECT Fingerprint, Timestamp FROM metrics_histograms WHERE startsWith(MetricName, 'shop.')
)
