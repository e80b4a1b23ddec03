-- Pane n has what lies after the origin and n - 1 panes, and not after the origin and n panes.
{{with}}
SELECT
    toFloat64(number) AS pane,
    toFloat64(counted) AS lines,
    toFloat64(size) AS bytes,
{{shown}}
FROM
(
    SELECT
        toUInt32(intDiv(toUnixTimestamp64Nano(Timestamp) - {originNs:Int64} - 1, {paneNs:Int64}) + 1) AS number,
        count() AS counted,
        {{bytes}} AS size{{labels}}
    FROM otel_logs
    {{selected}}
    GROUP BY number{{keys}}
    LIMIT {limit:UInt64}
)
