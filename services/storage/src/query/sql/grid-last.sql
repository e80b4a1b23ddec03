        -- The stale marker of Prometheus is a NaN: it is the last sample, but no value.
        SELECT
            Fingerprint,
            arrayMap(value -> if(isNaN(value), NULL, value), timeSeriesLastToGrid(
                fromUnixTimestamp64Milli({startMs:Int64}), fromUnixTimestamp64Milli({endMs:Int64}),
                {step:UInt32}, {window:UInt32})(Timestamp, Value)) AS grid
        FROM samples
        GROUP BY Fingerprint
