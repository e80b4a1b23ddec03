-- Deltas of the same scale added up, each bucket by its index.
INSERT INTO {{target}}
    (Tenant, MetricName, Fingerprint, Bucket, Part, Weight, Version, Timestamp, Flags, Count, Sum, Min, Max, Scale, ZeroCount, ZeroThreshold,
     PositiveOffset, PositiveBucketCounts, NegativeOffset, NegativeBucketCounts)
SELECT
    Tenant,
    MetricName,
    Fingerprint,
    bucket,
    row_number() OVER (PARTITION BY Tenant, MetricName, Fingerprint, bucket ORDER BY Scale, ZeroThreshold),
    weight,
    {version:UInt64},
    lastTime,
    0,
    count,
    sum,
    least,
    greatest,
    Scale,
    zeroCount,
    ZeroThreshold,
    positive.1[1],
    arrayMap(at -> positive.2[indexOf(positive.1, at)], if(empty(positive.1), [], range(positive.1[1], positive.1[-1] + 1))),
    negative.1[1],
    arrayMap(at -> negative.2[indexOf(negative.1, at)], if(empty(negative.1), [], range(negative.1[1], negative.1[-1] + 1)))
FROM
(
    SELECT
        Tenant,
        MetricName,
        Fingerprint,
        {{bucket}} AS bucket,
        sum({{weight}}) AS weight,
        max(Timestamp) AS lastTime,
        sum(Count) AS count,
        sum(Sum) AS sum,
        min(Min) AS least,
        max(Max) AS greatest,
        Scale,
        sum(ZeroCount) AS zeroCount,
        ZeroThreshold,
        sumMap(arrayMap(at -> toInt64(PositiveOffset) + at - 1, arrayEnumerate(PositiveBucketCounts)), PositiveBucketCounts) AS positive,
        sumMap(arrayMap(at -> toInt64(NegativeOffset) + at - 1, arrayEnumerate(NegativeBucketCounts)), NegativeBucketCounts) AS negative
    FROM {{source}}
    WHERE
{{within}}
        AND NOT bitTest(Flags, 0)
        AND (Tenant, Fingerprint) IN (SELECT Tenant, Fingerprint FROM metrics_series WHERE Temporality = 'delta')
    GROUP BY Tenant, MetricName, Fingerprint, bucket, Scale, ZeroThreshold
)
