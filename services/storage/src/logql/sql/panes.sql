-- Pane n has what lies after the origin and n - 1 panes, and not after the origin and n panes.
SELECT
    toFloat64(intDiv(toUnixTimestamp64Nano(Timestamp) - {originNs:Int64} - 1, {paneNs:Int64}) + 1) AS pane,
    toFloat64(count()) AS lines,
    toFloat64({{bytes}}) AS bytes,
{{labels}}
FROM otel_logs
{{selected}}
GROUP BY ALL
LIMIT {limit:UInt64}
