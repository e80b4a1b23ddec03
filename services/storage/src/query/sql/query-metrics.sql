-- The values of each series on a grid of times, then series put together by the labels that stay apart. What stands in
-- double braces is chosen from closed lists in metric-plan.ts.
WITH
    series AS
    (
        -- A series is in the table many times; it does not matter which row stands for it.
        SELECT
            Fingerprint,
            any(Temporality) = 'delta' AS isDelta,
            any(mapUpdate(ResourceAttributes, Attributes)) AS labels
        FROM metrics_series
        WHERE
            Tenant = {tenant:String}
            AND MetricName = {metric:String}
            AND Type IN {types:Array(String)}
            AND LastSeen > fromUnixTimestamp64Milli({startMs:Int64} - {windowMs:Int64} - {seenLagMs:Int64})
            AND FirstSeen <= fromUnixTimestamp64Milli({endMs:Int64} + {seenLagMs:Int64})
        GROUP BY Fingerprint
        HAVING
            arrayAll((name, value) -> labels[name] = value, {equalNames:Array(String)}, {equalValues:Array(String)})
            AND arrayAll((name, value) -> labels[name] != value, {otherNames:Array(String)}, {otherValues:Array(String)})
            AND arrayAll(
                (name, pattern) -> match(labels[name], concat('^(?:', pattern, ')$')),
                {matchNames:Array(String)}, {matchPatterns:Array(String)})
            AND arrayAll(
                (name, pattern) -> NOT match(labels[name], concat('^(?:', pattern, ')$')),
                {noMatchNames:Array(String)}, {noMatchPatterns:Array(String)})
    ),
{{samples}}
    grids AS
    (
{{grids}}
    )
SELECT
    if({aggregated:Bool}, mapFilter((name, value) -> has({groupBy:Array(String)}, name), series.labels), series.labels) AS group,
    {{aggregate}} AS points,
    count() OVER () AS total,
    arrayLast(value -> isNotNull(value), points) AS lastValue
FROM grids
INNER JOIN series ON series.Fingerprint = grids.Fingerprint
GROUP BY group, if({aggregated:Bool}, 0, grids.Fingerprint)
ORDER BY lastValue DESC NULLS LAST, group
LIMIT {limit:UInt32}
