-- The bounds that the series of explicit histograms have buckets of.
SELECT
    Fingerprint AS fingerprint,
    arraySort(groupUniqArrayArray(ExplicitBounds)) AS bounds
FROM metrics_histograms
WHERE
    Tenant = {tenant:String}
    AND MetricName IN {metrics:Array(String)}
    AND Timestamp >= fromUnixTimestamp64Milli({startMs:Int64})
    AND Timestamp <= fromUnixTimestamp64Milli({endMs:Int64})
GROUP BY Fingerprint
