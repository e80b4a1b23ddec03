SELECT
{{columns}}
FROM events
WHERE
{{conditions}}
    AND (Timestamp, EventId) < (fromUnixTimestamp64Nano({beforeTime:Int64}), {beforeId:UUID})
ORDER BY Timestamp DESC, EventId DESC
-- In place of FINAL, which would read the whole range: repeated events lie side by side.
LIMIT 1 BY Timestamp, EventId
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
