SELECT
    name,
    sum(spans) AS spanCount,
    sum(errorSpans) AS errorSpanCount,
    sum(logs) AS logCount,
    argMax(durations, spans) AS quantiles
FROM
(
    SELECT
        ServiceName AS name,
        count() AS spans,
        countIf(StatusCode = 'Error') AS errorSpans,
        0 AS logs,
        quantilesTDigestIf(0.5, 0.95)(Duration, SpanKind IN ('Server', 'Consumer')) AS durations
    FROM otel_traces
    WHERE
        Tenant = {tenant:String}
        AND Timestamp >= fromUnixTimestamp64Nano({start:Int64})
        AND Timestamp < fromUnixTimestamp64Nano({end:Int64})
        -- Named for the sort key, as in log-conditions.sql.
        AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(fromUnixTimestamp64Nano({start:Int64}))
        AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(fromUnixTimestamp64Nano(least({end:Int64}, 4294967295000000000)))
    GROUP BY ServiceName
    UNION ALL
    SELECT ServiceName AS name, 0 AS spans, 0 AS errorSpans, count() AS logs, [0, 0]::Array(Float32) AS durations
    FROM otel_logs
    WHERE
        Tenant = {tenant:String}
        AND Timestamp >= fromUnixTimestamp64Nano({start:Int64})
        AND Timestamp < fromUnixTimestamp64Nano({end:Int64})
        -- Named for the sort key, as in log-conditions.sql.
        AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(fromUnixTimestamp64Nano({start:Int64}))
        AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(fromUnixTimestamp64Nano(least({end:Int64}, 4294967295000000000)))
    GROUP BY ServiceName
    UNION ALL
    SELECT ServiceName AS name, 0 AS spans, 0 AS errorSpans, 0 AS logs, [0, 0]::Array(Float32) AS durations
    FROM metrics_series
    WHERE
        Tenant = {tenant:String}
        AND LastSeen >= fromUnixTimestamp64Nano({start:Int64} - {seenLagNanos:Int64})
        AND FirstSeen < fromUnixTimestamp64Nano({end:Int64} + {seenLagNanos:Int64})
    GROUP BY ServiceName
)
WHERE name > {after:String}
GROUP BY name
ORDER BY name
LIMIT {limit:UInt32}
