    SELECT
        MetricName AS metric,
        any(Attributes) AS attributes,
        min(FirstSeen) AS firstSeen,
        max(LastSeen) AS lastSeen
    FROM metrics_series
    WHERE
        Tenant = {tenant:String}
        AND LastSeen >= fromUnixTimestamp64Milli({startMs:Int64} - {seenLagMs:Int64})
        AND FirstSeen <= fromUnixTimestamp64Milli({endMs:Int64} + {seenLagMs:Int64})
    GROUP BY MetricName, Fingerprint
