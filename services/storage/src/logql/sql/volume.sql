-- How many bytes of text each group of streams has in each step of time, the steps being counted from 1970; without steps all are in one.
{{with}}
SELECT
    toFloat64(number) AS step,
    toFloat64(size) AS bytes,
{{shown}}
FROM
(
    SELECT
        if({stepNs:Int64} = 0, 0, intDiv(toUnixTimestamp64Nano(Timestamp), {stepNs:Int64})) AS number,
        sum(length(Body)) AS size{{labels}}
    FROM otel_logs
    {{selected}}
    GROUP BY number{{keys}}
    LIMIT {limit:UInt64}
)
