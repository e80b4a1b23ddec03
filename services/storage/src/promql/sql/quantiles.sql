-- The quantiles that the series of summaries have.
SELECT
    Fingerprint AS fingerprint,
    arraySort(groupUniqArrayArray(Quantiles)) AS bounds
FROM metrics_summaries
WHERE
    Tenant = {tenant:String}
    AND MetricName IN {metrics:Array(String)}
    AND Timestamp >= fromUnixTimestamp64Milli({startMs:Int64})
    AND Timestamp <= fromUnixTimestamp64Milli({endMs:Int64})
GROUP BY Fingerprint
