-- Of the rows of totals the first and the last of each bucket, and those on either side of a restart.
INSERT INTO {{target}} (Tenant, MetricName, Fingerprint, Bucket, Part, Weight, Version, Timestamp, {{columns}})
SELECT
    Tenant,
    MetricName,
    Fingerprint,
    bucket,
    row_number() OVER ofBucket,
    standing - lagInFrame(standing, 1, 0) OVER ofBucket,
    {version:UInt64},
    Timestamp,
    {{columns}}
FROM
(
    SELECT
        *,
        leadInFrame(restarted, 1, 0) OVER (
            PARTITION BY Tenant, MetricName, Fingerprint ORDER BY Timestamp ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS restartsNext,
        -- What was sent twice is one.
        sum(if(isAgain, 0, weight)) OVER (
            PARTITION BY Tenant, MetricName, Fingerprint, bucket ORDER BY Timestamp ROWS UNBOUNDED PRECEDING) AS standing
    FROM
    (
        SELECT
            *,
            lagInFrame(bucket) OVER beside != bucket AS isFirst,
            leadInFrame(bucket) OVER beside != bucket AS isLast,
            lagInFrame(Timestamp) OVER beside = Timestamp AS isAgain,
{{restarted}} AS restarted
        FROM
        (
            SELECT Tenant, MetricName, Fingerprint, Timestamp, {{bucket}} AS bucket, {{weight}} AS weight, {{columns}}
            FROM {{source}}
            WHERE
{{within}}
                AND (Tenant, Fingerprint) NOT IN (SELECT Tenant, Fingerprint FROM metrics_series WHERE Temporality = 'delta')
        )
        WINDOW beside AS (
            PARTITION BY Tenant, MetricName, Fingerprint ORDER BY Timestamp ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)
    )
)
WHERE isFirst OR isLast OR restarted OR restartsNext
WINDOW ofBucket AS (
    PARTITION BY Tenant, MetricName, Fingerprint, bucket ORDER BY Timestamp ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
