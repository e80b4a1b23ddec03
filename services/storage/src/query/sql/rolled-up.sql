    rolled AS
    (
        SELECT Fingerprint, toUnixTimestamp(Bucket) + {width:UInt32} AS endSeconds, Count, Min, Max, Sum, First, Last, FirstTime, LastTime, Increase
        FROM {{rollup}} FINAL
        WHERE
            Tenant = {tenant:String}
            AND MetricName = {metric:String}
            -- One more than the first window takes in: what came before it.
            AND Bucket > fromUnixTimestamp64Milli({startMs:Int64} - {windowMs:Int64} - 2 * {width:UInt32} * 1000)
            AND Bucket < toDateTime({rolledUntil:UInt32})
            AND Bucket <= fromUnixTimestamp64Milli({endMs:Int64})
            AND Fingerprint IN (SELECT Fingerprint FROM series)
            AND Count > 0
        UNION ALL
        -- What is not rolled up yet is, here and now.
        SELECT Fingerprint, endSeconds, Count, Min, Max, Sum, First, Last, FirstTime, LastTime, Increase
        FROM
        (
            SELECT
                Fingerprint,
                toUInt32((intDiv(toUnixTimestamp64Milli(Timestamp) - 1, {width:UInt32} * 1000) + 1) * {width:UInt32}) AS endSeconds,
{{rolled}}
            FROM metrics_samples
            WHERE
                Tenant = {tenant:String}
                AND MetricName = {metric:String}
                AND Timestamp > toDateTime64({rolledUntil:UInt32}, 3)
                AND Timestamp > fromUnixTimestamp64Milli({startMs:Int64} - {windowMs:Int64})
                AND Timestamp <= fromUnixTimestamp64Milli({endMs:Int64})
                AND Fingerprint IN (SELECT Fingerprint FROM series)
            GROUP BY Fingerprint, endSeconds
        )
        WHERE Count > 0
    ),
    -- Each bucket as what a window takes in or leaves out: by its end. What a counter grew by since the bucket before is
    -- what it grew by in this one, unless that was longer ago than a window.
    buckets AS
    (
        SELECT
            Fingerprint,
            fromUnixTimestamp64Milli(endSeconds * 1000) AS Timestamp,
            Last AS Value,
            Count,
            Min,
            Max,
            Sum,
            lagInFrame(endSeconds, 1, 0) OVER before AS previousEnd,
            lagInFrame(Last, 1, 0) OVER before AS previousLast,
            Increase + multiIf(
                endSeconds - previousEnd > {window:UInt32}, 0, First < previousLast, First, First - previousLast) AS Grown
        FROM rolled
        WINDOW before AS (PARTITION BY Fingerprint ORDER BY endSeconds)
    ),
    samples AS
    (
        SELECT Fingerprint, LastTime AS Timestamp, Last AS Value FROM rolled
    ),
