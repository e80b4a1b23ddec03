-- What kinds of series a metric of that name has, and whether some of them count since the last point only.
SELECT Type AS type, Temporality = 'delta' AS delta
FROM metrics_series
WHERE
    Tenant = {tenant:String}
    AND MetricName = {metric:String}
    AND LastSeen > fromUnixTimestamp64Milli({startMs:Int64} - {windowMs:Int64} - {seenLagMs:Int64})
GROUP BY type, delta
