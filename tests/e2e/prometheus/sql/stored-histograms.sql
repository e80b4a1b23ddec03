SELECT
    toUnixTimestamp64Milli(Timestamp) AS ms,
    Flags AS flags,
    Count AS count,
    Sum AS sum,
    Scale AS scale,
    ZeroCount AS zeroCount,
    ZeroThreshold AS zeroThreshold,
    PositiveOffset AS positiveOffset,
    PositiveBucketCounts AS positive,
    NegativeOffset AS negativeOffset,
    NegativeBucketCounts AS negative
FROM metrics_exponential_histograms
WHERE Tenant = 'default' AND MetricName = {metric:String} AND ms <= {endMs:Int64}
ORDER BY Timestamp
