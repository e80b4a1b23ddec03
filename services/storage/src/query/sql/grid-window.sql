        -- A sample counts for each point of the grid whose window, open on the left, it lies in.
        SELECT
            Fingerprint,
            arrayMap(value -> if(isNaN(value), NULL, value), groupArrayInsertAt(nan, {points:UInt32})(value, point)) AS grid
        FROM
        (
            SELECT Fingerprint, point, {{over}} AS value
            FROM {{from}}
            ARRAY JOIN range(
                toUInt32(greatest(0, intDiv(
                    toUnixTimestamp64Milli(Timestamp) - {startMs:Int64} + {stepMs:Int64} - 1, {stepMs:Int64}))),
                toUInt32(least({points:Int64}, intDiv(
                    toUnixTimestamp64Milli(Timestamp) - {startMs:Int64} + {windowMs:Int64} + {stepMs:Int64} - 1, {stepMs:Int64})))
            ) AS point
            WHERE NOT isNaN(Value) AND Fingerprint IN (SELECT Fingerprint FROM series WHERE {{which}})
            GROUP BY Fingerprint, point
        )
        GROUP BY Fingerprint
