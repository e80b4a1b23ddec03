-- Deltas with the same bounds added up.
INSERT INTO {{target}}
    (Tenant, MetricName, Fingerprint, Bucket, Part, Weight, Version, Timestamp, Flags, Count, Sum, Min, Max, BucketCounts, ExplicitBounds)
SELECT
    Tenant,
    MetricName,
    Fingerprint,
    bucket,
    row_number() OVER (PARTITION BY Tenant, MetricName, Fingerprint, bucket ORDER BY ExplicitBounds),
    weight,
    {version:UInt64},
    lastTime,
    0,
    count,
    sum,
    least,
    greatest,
    counts,
    ExplicitBounds
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
        sumForEach(BucketCounts) AS counts,
        ExplicitBounds
    FROM {{source}}
    WHERE
{{within}}
        AND NOT bitTest(Flags, 0)
        AND (Tenant, Fingerprint) IN (SELECT Tenant, Fingerprint FROM metrics_series WHERE Temporality = 'delta')
    GROUP BY Tenant, MetricName, Fingerprint, bucket, ExplicitBounds
)
