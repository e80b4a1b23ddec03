    samples AS
    (
        SELECT Fingerprint, Timestamp, {{value}} AS Value
        FROM {{table}}
        WHERE
            Tenant = {tenant:String}
            AND MetricName = {metric:String}
            AND Timestamp > fromUnixTimestamp64Milli({startMs:Int64} - {windowMs:Int64})
            AND Timestamp <= fromUnixTimestamp64Milli({endMs:Int64})
            AND Fingerprint IN (SELECT Fingerprint FROM series)
    ),
