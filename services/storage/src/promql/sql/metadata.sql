-- What is said of metrics: by Prometheus itself in its own words, else by the kind of their series.
SELECT
    name,
    argMax(type, rank) AS type,
    argMax(unit, rank) AS unit,
    argMax(help, rank) AS help
FROM
(
    SELECT
        toString(MetricName) AS name,
        toString(Type) AS type,
        toString(Unit) AS unit,
        Description AS help,
        (1, LastSeen) AS rank
    FROM metrics_metadata
    WHERE Tenant = {tenant:String} AND ({metric:String} = '' OR MetricName = {metric:String})
    UNION ALL
    SELECT
        toString(MetricName) AS name,
        multiIf(
            Type = 'sum', if(IsMonotonic, 'counter', 'gauge'),
            Type = 'exponential_histogram', 'histogram',
            Type) AS type,
        toString(Unit) AS unit,
        toString(Description) AS help,
        (0, LastSeen) AS rank
    FROM metrics_series
    WHERE Tenant = {tenant:String} AND ({metric:String} = '' OR MetricName = {metric:String})
)
GROUP BY name
ORDER BY name
LIMIT {limit:UInt32}
