INSERT INTO metrics_rollup_1h
    (Tenant, MetricName, Fingerprint, Bucket, Samples, Count, Min, Max, Sum, First, Last, FirstTime, LastTime, Increase, StaleTime, Version)
SELECT
    Tenant,
    MetricName,
    Fingerprint,
    hour,
    samples,
    numbers,
    least,
    greatest,
    total,
    parts[1].3,
    parts[-1].4,
    parts[1].1,
    parts[-1].2,
    -- What it grew by within the parts, and from each to the next.
    arraySum(parts.5) + arraySum(arrayMap(
        (first, previous) -> if(first < previous, first, first - previous),
        arrayPopFront(parts.3), arrayPopBack(parts.4))),
    if(lastStale > parts[-1].2, lastStale, toDateTime64(0, 3)),
    {version:UInt64}
FROM
(
    SELECT
        Tenant,
        MetricName,
        Fingerprint,
        toStartOfHour(Bucket) AS hour,
        sum(Samples) AS samples,
        sum(Count) AS numbers,
        minIf(Min, Count > 0) AS least,
        maxIf(Max, Count > 0) AS greatest,
        sum(Sum) AS total,
        max(StaleTime) AS lastStale,
        arraySort(groupArrayIf((FirstTime, LastTime, First, Last, Increase), Count > 0)) AS parts
    FROM metrics_rollup_5m FINAL
    WHERE
{{within}}
    GROUP BY Tenant, MetricName, Fingerprint, hour
)
