-- Pane n has what lies after the origin and n - 1 panes, and not after the origin and n panes. Rows are grouped by a hash of their
-- labels: texts as keys cost three to five times as much.
SELECT
    toFloat64(number) AS pane,
    toFloat64(counted) AS lines,
    toFloat64(size) AS bytes,
{{shown}}
FROM
(
    SELECT
        intDiv(toUnixTimestamp64Nano(Timestamp) - {originNs:Int64} - 1, {paneNs:Int64}) + 1 AS number,
        {{key}} AS key,
        count() AS counted,
        {{bytes}} AS size{{labels}}
    FROM otel_logs
    {{selected}}
    GROUP BY number, key
    LIMIT {limit:UInt64}
)
